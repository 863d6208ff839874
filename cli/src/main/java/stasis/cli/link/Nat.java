package stasis.cli.link;

import stasis.net.IpAddress;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Gives packets of one sandbox the address of the host. The rules belong to a process, nft(8) with
 * the flag {@code owner}: the kernel forgets them when it ends, and it ends when its input does,
 * which is held by this process. So nothing is left however everybody dies.
 */
final class Nat {
    private static final List<String> PLACES =
            List.of("/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft", "/usr/local/sbin/nft");

    /** As long as somebody knows them, their inputs stay open. */
    private static final List<Process> HELD = new CopyOnWriteArrayList<>();

    private Nat() {}

    /**
     * For as long as this process lives.
     *
     * @param network of 4 addresses
     */
    static void hold(String name, int network) throws IOException {
        String nft =
                PLACES.stream()
                        .filter(p -> new File(p).canExecute())
                        .findFirst()
                        .orElseThrow(() -> new IOException("needs nft: install nftables"));
        Process process = new ProcessBuilder(nft, "-i").redirectErrorStream(true).start();
        OutputStream input = process.getOutputStream();
        input.write(rules(name, network).getBytes(StandardCharsets.US_ASCII));
        input.flush();
        confirm(nft, name, process);
        HELD.add(process);
    }

    private static String rules(String name, int network) {
        // the table of a sandbox that had this interface before may take a moment to go
        String table = "ip " + name + "_" + ProcessHandle.current().pid();
        return "add table "
                + table
                + " { flags owner; }\n"
                + "add chain "
                + table
                + " leaving { type nat hook postrouting priority 100; }\n"
                + "add rule "
                + table
                + " leaving ip saddr "
                + IpAddress.v4(network)
                + "/30"
                + " oifname != \""
                + name
                + "\" masquerade\n"
                + "list table "
                + table
                + "\n";
    }

    /** It lists the table when the rules are there, or says what is wrong. */
    private static void confirm(String nft, String name, Process process) throws IOException {
        StringBuilder said = new StringBuilder();
        byte[] some = new byte[4096];
        while (said.indexOf("masquerade") < 0) {
            int n = process.getInputStream().read(some);
            if (n > 0) said.append(new String(some, 0, n, StandardCharsets.US_ASCII));
            if (n > 0 && said.indexOf("Error") < 0) continue;
            process.destroy();
            throw new IOException(nft + ": " + said.toString().lines().findFirst().orElse(name));
        }
    }
}
