package stasis.net.raw;

import stasis.net.ip.IcmpError;
import stasis.net.ip.Inbound;
import stasis.net.ip.IpLayer;
import stasis.net.ip.PacketTap;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The raw endpoints of one stack. They hear of packets beside the transports, not instead. */
@Saved("net.RawProtocol")
public final class RawProtocol implements PacketTap {
    private IpLayer ip;
    private List<RawEndpoint> endpoints = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // for a restore
    private RawProtocol() {}

    public RawProtocol(IpLayer ip) {
        this.ip = ip;
    }

    public RawEndpoint open(boolean v6, int protocol) {
        RawEndpoint e = new RawEndpoint(this, v6, protocol);
        endpoints.add(e);
        return e;
    }

    /** A packet socket's; {@code protocol} 0: for sending only. */
    public FrameEndpoint openFrames(int protocol) {
        return new FrameEndpoint(ip, protocol);
    }

    public List<RawEndpoint> endpoints() {
        return Collections.unmodifiableList(endpoints);
    }

    IpLayer ip() {
        return ip;
    }

    void remove(RawEndpoint e) {
        endpoints.remove(e);
    }

    /** No iterator: this runs for every packet. */
    @Override
    public boolean hear(Inbound in) {
        boolean heard = false;
        for (int i = 0; i < endpoints.size(); i++) {
            RawEndpoint e = endpoints.get(i);
            if (!e.wants(in)) continue;
            heard = true;
            e.deliver(in);
        }
        return heard;
    }

    @Override
    public void failed(IcmpError error) {
        for (int i = 0; i < endpoints.size(); i++) {
            RawEndpoint e = endpoints.get(i);
            if (e.protocol() == error.protocol()) e.failed(error);
        }
    }
}
