"""What a Python program does to be another one than its siblings.

Draws before and after renew(), each time that it goes on as a clone; ends when the clone's environment says so.
"""
import os
import random
import select
import ssl

generation = os.open('/proc/stasis/generation', os.O_RDONLY)
clone = select.poll()
clone.register(generation, select.POLLPRI)


def renew():
    """Whatever was drawn from the system before and is kept in memory is the same in all siblings."""
    random.seed()                             # random, and what shuffles and samples with it
    ssl.RAND_add(os.getrandom(32), 32.0)      # OpenSSL: keys, nonces, session tickets
    os.lseek(generation, 0, os.SEEK_SET)      # reading from the start ends the event
    os.read(generation, 100)


def draw():
    return ' '.join([ssl.RAND_bytes(8).hex(), '%016x' % random.getrandbits(64)])


draw()
print('ready', flush=True)
clone.poll()                                  # a server has this descriptor in its loop, or in a thread of its own
print('before', draw())
renew()
print('after', draw(), flush=True)
