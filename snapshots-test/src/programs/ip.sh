#!/bin/bash
# iproute2 over netlink, and what Python's runtime asks of interfaces.
# storm: 60
ip -o link show lo | sed 's/qlen.*//'
ip addr show lo
ip -4 -o addr; ip -6 -o addr
ip route; ip -6 route | grep -v '^::1'
ip route show table local | grep -v broadcast
ip route get 127.0.0.1 | sed 's/ uid.*//; s/ *$//'
ip route get 10.9.8.7; echo $?
ip addr add 10.1.2.3/24 dev lo && ip -4 -o addr show dev lo
ip addr add 10.1.2.3/24 dev lo 2>/dev/null; echo $?
ip route add 10.7.0.0/16 dev lo && echo added
ip route add 10.7.0.0/16 dev lo; echo $?
ip route del 10.7.0.0/16 dev lo; echo $?
ip route del 10.7.0.0/16 dev lo; echo $?
ip addr del 10.1.2.3/24 dev lo; ip -4 -o addr
ip addr show dev nosuch; echo $?
ip neigh; echo $?
ip link set lo down; ip -o link show lo | grep -c UP; ip link set lo up; ip -o link show lo | grep -c UP
cat /proc/net/dev | head -2
