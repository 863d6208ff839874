package stasis.platform.stub;

import stasis.arch.asm.Assembler;
import stasis.arch.asm.Label;
import stasis.host.SeccompFilter;

/** What a platform adds to {@link StubCode}. By itself: nothing, and guests are traced. */
public interface StubExtension {
    /** More code for the stub's page. */
    default void emit(Assembler a) {}

    /** More calls of the master's program, before the filter is installed. */
    default void emitInMaster(Assembler a) {}

    /** What a call of guest code answers. */
    default int guestVerdict() {
        return SeccompFilter.RET_TRACE;
    }

    /** Calls from the stub's page that need no secret: guest code can make them as well. */
    default void addOpenCalls(SeccompFilter f, Label allow) {}

    /** First address that must not be mapped for a guest. */
    default long guestEnd() {
        return StubCode.CODE;
    }
}
