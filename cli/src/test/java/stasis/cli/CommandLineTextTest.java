package stasis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.command.Command;
import stasis.cli.command.Commands;

import java.util.List;

class CommandLineTextTest {
    private static List<String> normal(String command, String... args) {
        Command c = Commands.named(command);
        if (c == null) throw new AssertionError(command);
        CommandSpec spec = c.spec(command);
        return CommandLineText.normal(List.of(args), spec, c.takesProgram());
    }

    @Test
    void oneDashIsAsGoodAsTwo() {
        assertEquals(
                List.of("--detach", "--bundle", "B", "--no-subreaper", "id"),
                normal("restore", "-detach", "-bundle", "B", "-no-subreaper", "id"));
    }

    @Test
    void flagsMayHaveAValue() {
        assertEquals(
                List.of("--leave-running", "id"),
                normal("checkpoint", "--leave-running=true", "--file-locks=false", "id"));
    }

    @Test
    void aFlagThatIsOnIfNotGivenCanBeSwitchedOff() {
        assertEquals(
                List.of("--background=false", "id"), normal("restore", "-background=false", "id"));
        assertEquals(List.of("--background=true", "id"), normal("restore", "--background", "id"));
    }

    @Test
    void aValueThatLooksLikeAnOptionIsAValue() {
        assertEquals(List.of("--bundle", "-d", "id"), normal("run", "-b", "-d", "id"));
    }

    @Test
    void theProgramsOptionsAreLeftAlone() {
        assertEquals(
                List.of("--tty", "id", "ls", "-detach"),
                normal("exec", "-t", "id", "ls", "-detach"));
    }

    @Test
    void theSubcommandIsFoundBehindOptionsWithValues() {
        List<String> args = List.of("--root", "run", "-log=x", "--debug", "create", "id");
        assertEquals(4, GlobalOptions.commandAt(args, GlobalOptions.spec()));
    }

    @Test
    void everyCommandHasASpecOfItsName() {
        for (String name : Commands.NAMES) {
            Command command = Commands.named(name);
            if (command == null) throw new AssertionError(name);
            assertEquals(name, command.spec(name).name());
        }
    }
}
