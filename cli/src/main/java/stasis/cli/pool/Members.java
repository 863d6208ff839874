package stasis.cli.pool;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.control.Connection;
import stasis.cli.control.ControlServer;
import stasis.cli.state.StateRoot;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.Nr;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Starts sandboxes that wait, gives them their image, and says when they are ready or gone. */
final class Members implements AutoCloseable {
    /** Told by threads of their own; each member is ready at most once, and gone once. */
    interface Owner {
        void ready(Member member);

        /**
         * @param error why it never was ready, if it was not
         */
        void gone(Member member, @Nullable String error);
    }

    private static final Path HOME = Path.of(String.valueOf(System.getProperty("stasis.home")));

    private final StateRoot root;
    private final Path socket;
    private final Template template;
    private final Redirect output;
    private final Owner owner;
    private final ControlServer server;

    /** Started and not yet gone. */
    private final Map<String, Member> members = new ConcurrentHashMap<>();

    /**
     * @param root where members are that wait
     * @param socket where to listen for them
     * @param output where fronts and sandboxes write what goes wrong
     */
    Members(StateRoot root, Path socket, Template template, Redirect output, Owner owner)
            throws Failure {
        this.root = root;
        this.socket = socket;
        this.template = template;
        this.output = output;
        this.owner = owner;
        try {
            this.server = ControlServer.listen(socket);
        } catch (HostException e) {
            throw new Failure(ExitCode.FAILED, "cannot listen at " + socket + ": " + e, e);
        }
        Thread.ofPlatform().daemon().name("members").start(this::accept);
    }

    /** Sooner or later the owner hears of it. */
    Member start(String id) throws IOException {
        List<String> command = new ArrayList<>(front());
        command.addAll(template.arguments(root.path(), socket, id));
        Process front =
                new ProcessBuilder(command)
                        .redirectInput(Redirect.from(new File("/dev/null")))
                        .redirectOutput(output)
                        .redirectError(output)
                        .start();
        Member member = new Member(root.folder(id), front);
        members.put(id, member);
        var _ = front.onExit().thenAccept(_ -> frontEnded(member));
        return member;
    }

    /** As bin/stasis starts it. */
    private static List<String> front() {
        long uid = Host.syscall(Nr.GETUID, 0, 0, 0);
        if (uid == 0) return List.of(HOME.resolve("front-restore").toString());
        long gid = Host.syscall(Nr.GETGID, 0, 0, 0);
        String front = HOME.resolve("front-restore-rootless").toString();
        return List.of(front, uid + " " + uid + " 1", gid + " " + gid + " 1");
    }

    /** It has not joined, and will not any more; otherwise its connection tells. */
    private void frontEnded(Member member) {
        if (member.hasJoined()) return;
        gone(member, "a sandbox could not be started: exit code " + member.front().exitValue());
    }

    private void accept() {
        while (true) {
            try {
                Connection joining = server.accept();
                Thread.ofPlatform().daemon().name("member").start(() -> attend(joining));
            } catch (HostException e) {
                return; // closed
            }
        }
    }

    /** As long as there is somebody at the other end. */
    private void attend(Connection sandbox) {
        Member member = null;
        String error = null;
        try {
            Map<String, @Nullable Object> first = sandbox.receive();
            if (first == null) return;
            member = members.get(String.valueOf(first.get("member")));
            if (member == null) return;
            member.joined(sandbox);
            sandbox.send(
                    Connection.message("image", true, "inMemory", template.inMemory()),
                    template.numbers());
            error = "a sandbox ended before it was ready";
            Map<String, @Nullable Object> next = sandbox.receive();
            if (next == null) return;
            error = next.get("error") instanceof String text ? text : null;
            if (error != null) return;
            owner.ready(member);
            sandbox.receive(); // says nothing more: taken, or ended
        } catch (HostException | IOException e) {
            if (error == null) error = e.getMessage();
        } finally {
            if (member != null) member.left();
            sandbox.close();
            if (member != null) gone(member, error);
        }
    }

    private void gone(Member member, @Nullable String error) {
        if (members.remove(member.id(), member)) owner.gone(member, error);
    }

    /** None is wanted any more. Those that are still being made hear it when they ask. */
    void dismissAll() {
        for (Member m : members.values()) m.dismiss();
    }

    @Override
    public void close() {
        server.close();
        dismissAll();
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            return; // with its folder
        }
    }
}
