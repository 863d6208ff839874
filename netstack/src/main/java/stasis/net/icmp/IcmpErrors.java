package stasis.net.icmp;

import stasis.net.ip.ErrorReporter;
import stasis.net.ip.Inbound;

/** To each family its own messages. */
public final class IcmpErrors implements ErrorReporter {
    private final Icmpv4 four;
    private final Icmpv6 six;

    public IcmpErrors(Icmpv4 four, Icmpv6 six) {
        this.four = four;
        this.six = six;
    }

    @Override
    public void report(Problem problem, Inbound in) {
        (in.isV4() ? four : six).report(problem, in);
    }
}
