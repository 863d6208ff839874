package stasis.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

import stasis.abi.SyscallException;
import stasis.kernel.KernelSavedTypes;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.state.NotSaved;
import stasis.state.Saved;
import stasis.state.SavedKind;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Lock;

/** What the classes of all modules have to keep to. */
@AnalyzeClasses(packages = "stasis", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final DescribedPredicate<JavaField> SAVED_FIELD =
            describe(
                    "saved",
                    f ->
                            f.getOwner().isAnnotatedWith(Saved.class)
                                    && !f.getModifiers().contains(JavaModifier.STATIC)
                                    && !f.isAnnotatedWith(NotSaved.class));

    private static final DescribedPredicate<JavaMethod> HANDLER =
            describe(
                    "take a Task and SyscallArgs",
                    m ->
                            m.getRawParameterTypes().size() == 2
                                    && m.getRawParameterTypes().get(0).isEquivalentTo(Task.class)
                                    && m.getRawParameterTypes()
                                            .get(1)
                                            .isEquivalentTo(SyscallArgs.class)
                                    && !m.getModifiers().contains(JavaModifier.PRIVATE)
                                    && !m.getModifiers().contains(JavaModifier.SYNTHETIC));

    @ArchTest
    static final ArchRule stateKnowsNobody =
            noClasses()
                    .that()
                    .resideInAPackage("stasis.state..")
                    .should()
                    .dependOnClassesThat(ourClassesOutside("stasis.state.."))
                    .because("it stores objects that it has never heard of");

    @ArchTest
    static final ArchRule kernelSeesThePlatformOnlyThroughItsInterface =
            noClasses()
                    .that()
                    .resideInAPackage("stasis.kernel..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "stasis.platform.*..", "stasis.host..", "stasis.gofer.server..")
                    .because("platforms are chosen at start, and host calls are not the kernel's");

    @ArchTest
    static final ArchRule kernelLayersPointDown =
            classes()
                    .that()
                    .resideInAPackage("stasis.kernel..")
                    .should(new KernelLayers())
                    .because("what is below can be understood and tested alone");

    @ArchTest
    static final ArchRule netstackHasNoLinux =
            noClasses()
                    .that()
                    .resideInAPackage("stasis.net..")
                    .should()
                    .dependOnClassesThat(ourClassesOutside("stasis.net..", "stasis.state.."))
                    .because("a TCP/IP stack has no errno and no file descriptors")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyTheHostPackageCallsC =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("stasis.host..", "stasis.platform.*..")
                    .should()
                    .dependOnClassesThat()
                    .belongToAnyOf(Linker.class, SymbolLookup.class)
                    .orShould()
                    .callMethod(Arena.class, "global")
                    .because("the fence around the host has one gate");

    @ArchTest
    static final ArchRule timeComesFromTheKernelClocks =
            noClasses()
                    .that()
                    .resideInAnyPackage("stasis.kernel..", "stasis.net..")
                    .should()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(Instant.class, "now")
                    .orShould()
                    .dependOnClassesThat()
                    .belongToAnyOf(Clock.class)
                    .because("guest time stands still in a snapshot");

    @ArchTest
    static final ArchRule randomnessComesFromTheKernel =
            noClasses()
                    .that()
                    .resideInAnyPackage("stasis.kernel..", "stasis.net..")
                    .should()
                    .dependOnClassesThat()
                    .belongToAnyOf(Random.class, SecureRandom.class, ThreadLocalRandom.class)
                    .orShould()
                    .callMethod(UUID.class, "randomUUID")
                    .orShould()
                    .callMethod(Math.class, "random")
                    .because("a run can then be repeated");

    @ArchTest
    static final ArchRule everythingOfASavedKindIsSaved =
            classes()
                    .that(
                            describe(
                                    "are of a saved kind",
                                    c ->
                                            !c.getModifiers().contains(JavaModifier.ABSTRACT)
                                                    && !c.isInterface()
                                                    && isOfSavedKind(c)))
                    .should()
                    .beAnnotatedWith(Saved.class)
                    .because("saved fields of that kind may hold one");

    @ArchTest
    static final ArchRule savedFieldsAreSavable =
            noFields()
                    .that(SAVED_FIELD)
                    .should(
                            be(
                                    describe(
                                            "made of something of the host or of code",
                                            (JavaField f) ->
                                                    f.getName().startsWith("this$")
                                                            || isUnsavable(f.getRawType()))))
                    .because("it means nothing on another host");

    @ArchTest
    static final ArchRule savedFieldsDoNotNameTheHost =
            noFields()
                    .that(SAVED_FIELD)
                    .should()
                    .haveNameMatching("host($|[A-Z_0-9]).*")
                    .because("a number of this host is another one's, or nobody's");

    @ArchTest
    static final ArchRule handlersAreStaticAndNamedAsInTheManual =
            methods()
                    .that(HANDLER)
                    .and()
                    .areDeclaredInClassesThat()
                    .resideInAPackage("stasis.kernel.syscall.linux..")
                    .and()
                    .areDeclaredInClassesThat()
                    .haveSimpleNameEndingWith("Syscalls")
                    .should()
                    .beStatic()
                    .andShould()
                    .haveRawReturnType(long.class)
                    .andShould()
                    .haveNameMatching("_?[a-z0-9]+(_[a-z0-9]+)*")
                    .andShould(
                            be(
                                    describe(
                                            "failing with SyscallException only",
                                            ArchitectureTest::failsAsCallsDo)))
                    .because("the name of a call is where one looks for it");

    @ArchTest
    static final ArchRule noStaticMutableState =
            fields().that()
                    .areStatic()
                    .and()
                    .areDeclaredInClassesThat()
                    .resideOutsideOfPackage("stasis.cli..")
                    .should()
                    .beFinal()
                    .andShould(
                            be(describe("of a type that does not change", Mutability::isConstant)))
                    .because("many kernels live in one JVM");

    @ArchTest
    static final ArchRule noMonitors =
            classes()
                    .that()
                    .resideInAnyPackage("stasis.kernel..", "stasis.net..")
                    .should(new HaveNoMonitor())
                    .because("monitors have no rank");

    @ArchTest
    static final ArchRule noCyclesBetweenPackages =
            slices().assignedFrom(new Packages())
                    .should()
                    .beFreeOfCycles()
                    .because("packages that need each other are one package");

    @ArchTest
    static void tableIsComplete(JavaClasses all) {
        Set<String> annotated = new TreeSet<>();
        for (JavaClass c : all) {
            if (c.isAnnotatedWith(Saved.class)) annotated.add(c.getName());
        }
        Set<String> listed = new TreeSet<>();
        KernelSavedTypes.all().classes().forEach(c -> listed.add(c.getName()));
        assertEquals(annotated, listed);
    }

    private static DescribedPredicate<JavaClass> ourClassesOutside(String... packages) {
        return resideInAPackage("stasis..").and(resideOutsideOfPackages(packages));
    }

    private static boolean failsAsCallsDo(JavaMethod method) {
        return method.getExceptionTypes().stream()
                .allMatch(e -> e.toErasure().isAssignableTo(SyscallException.class));
    }

    private static boolean isOfSavedKind(JavaClass type) {
        return type.getAllRawInterfaces().stream().anyMatch(i -> i.isAnnotatedWith(SavedKind.class))
                || type.getAllRawSuperclasses().stream()
                        .anyMatch(s -> s.isAnnotatedWith(SavedKind.class));
    }

    private static boolean isUnsavable(JavaClass type) {
        return type.isAssignableTo(Thread.class)
                || type.isAssignableTo(Lock.class)
                || type.isAssignableTo(RankedLock.class)
                || type.isAssignableTo(MemorySegment.class)
                || type.isAssignableTo(Arena.class)
                || type.isAnnotatedWith(FunctionalInterface.class)
                || type.getPackageName().equals("java.util.function")
                || type.getPackageName().equals("stasis.host");
    }

    /**
     * Each package is a slice, but for the command line's outermost: it holds both the entry, which
     * sees all the others, and the words that all the others use.
     */
    private static final class Packages implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            boolean counts = name.startsWith("stasis.") && !name.equals("stasis.cli");
            return counts ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }
}
