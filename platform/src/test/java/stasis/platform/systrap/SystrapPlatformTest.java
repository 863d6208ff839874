package stasis.platform.systrap;

import stasis.platform.Platform;
import stasis.platform.PlatformContractTest;
import stasis.platform.PlatformException;

class SystrapPlatformTest extends PlatformContractTest {
    @Override
    protected Platform open() throws PlatformException {
        return new SystrapProvider().open();
    }

    @Override
    protected int stubsLeft() throws InterruptedException {
        long left = 1;
        for (int i = 0; i < 1000 && left > 0; i++) { // the factory reaps by itself, at once
            left = ProcessHandle.current().children().count();
            if (left > 0) Thread.yield();
        }
        return (int) left;
    }
}
