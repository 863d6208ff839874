package stasis.net.ip;

import stasis.net.IpAddress;
import stasis.state.Saved;

/** What the fragments of one packet have in common, RFC 791 3.2 and RFC 8200 4.5. */
@Saved("net.FragmentKey")
record FragmentKey(IpAddress source, IpAddress destination, int identification, int protocol) {}
