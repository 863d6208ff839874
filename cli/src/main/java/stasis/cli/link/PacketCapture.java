package stasis.cli.link;

import stasis.net.ip.FrameWatcher;
import stasis.net.ip.Nic;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.EthernetHeader;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes frames into a file as pcapng has it (draft-ietf-opsawg-pcapng), which tcpdump and
 * Wireshark open. Each is in the file when it has passed; nothing is lost if the sandbox is killed.
 *
 * <pre>
 *   section header     type 4 = 0x0a0d0d0a, length 4, magic 4, version 2+2, section 8 = unknown, length 4
 *   interface          type 4 = 1, length 4, kind of link 2, 0 2, most bytes 4, options, length 4
 *   enhanced packet    type 4 = 6, length 4, interface 4, time 4+4, kept 4, of 4, bytes, options, length 4
 * </pre>
 *
 * A frame of the stack may be larger than one of the wire: the host cuts it later, or has gathered
 * it. Its checksum may then not be there.
 */
final class PacketCapture implements FrameWatcher {
    private static final int SECTION = 0x0a0d0d0a;
    private static final int MAGIC = 0x1a2b3c4d;
    private static final int INTERFACE = 1;
    private static final int PACKET = 6;
    private static final int ETHERNET = 1;
    private static final int OPTION_NAME = 2;
    private static final int OPTION_RESOLUTION = 9;
    private static final int OPTION_FLAGS = 2;
    private static final int INBOUND = 1;
    private static final int OUTBOUND = 2;
    private static final int MOST = 128 << 10;

    private final FileChannel file;
    private final Consumer<String> notes;
    private final ByteBuffer block =
            ByteBuffer.allocateDirect(MOST + 1024).order(ByteOrder.LITTLE_ENDIAN);
    private final Map<Nic, Integer> interfaces = new IdentityHashMap<>();

    /** What nanoTime is to be added to. */
    private final long since = System.currentTimeMillis() * 1_000_000 - System.nanoTime();

    private boolean failed;

    /**
     * @param file empty
     * @param notes what is wrong, once
     */
    PacketCapture(FileChannel file, Consumer<String> notes) {
        this.file = file;
        this.notes = notes;
        begin(SECTION).putInt(MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1);
        end();
    }

    @Override
    public void frame(Nic nic, PacketBuffer frame, boolean outgoing) {
        if (failed) return;
        int number = number(nic);
        int before = nic.link().isEthernet() ? 0 : EthernetHeader.LENGTH;
        int length = before + frame.length();
        int kept = Math.min(length, MOST);
        long now = since + System.nanoTime();
        begin(PACKET).putInt(number).putInt((int) (now >>> 32)).putInt((int) now);
        block.putInt(kept).putInt(length);
        if (before > 0) header(frame);
        block.put(frame.bytes(), frame.start(), kept - before);
        pad();
        option(OPTION_FLAGS, 4).putInt(outgoing ? OUTBOUND : INBOUND);
        block.putInt(0);
        end();
    }

    /** As Linux shows lo: tcpdump wants all interfaces of a file to be of one kind. */
    private void header(PacketBuffer frame) {
        boolean v6 = frame.length() > 0 && (frame.bytes()[frame.start()] & 0xf0) == 0x60;
        int type = v6 ? EthernetHeader.IPV6 : EthernetHeader.IPV4;
        block.putLong(0).putInt(0).put((byte) (type >>> 8)).put((byte) type);
    }

    private int number(Nic nic) {
        Integer known = interfaces.get(nic);
        if (known != null) return known;
        int number = interfaces.size();
        interfaces.put(nic, number);
        begin(INTERFACE).putShort((short) ETHERNET).putShort((short) 0).putInt(MOST);
        byte[] name = nic.name().getBytes(StandardCharsets.US_ASCII);
        option(OPTION_NAME, name.length).put(name);
        pad();
        option(OPTION_RESOLUTION, 1).put((byte) 9); // nanoseconds
        pad();
        block.putInt(0);
        end();
        return number;
    }

    private ByteBuffer begin(int type) {
        return block.clear().putInt(type).putInt(0);
    }

    private ByteBuffer option(int code, int length) {
        return block.putShort((short) code).putShort((short) length);
    }

    private void pad() {
        while ((block.position() & 3) != 0) block.put((byte) 0);
    }

    private void end() {
        int length = block.position() + 4;
        block.putInt(length).putInt(4, length).flip();
        try {
            while (block.hasRemaining()) file.write(block);
        } catch (IOException e) {
            failed = true;
            notes.accept("cannot write packets: " + e.getMessage());
        }
    }
}
