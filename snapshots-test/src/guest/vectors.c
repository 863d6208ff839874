/* AVX registers full of known values in a loop that makes calls and takes faults. */
#include "guest.h"
#include <immintrin.h>
#include <signal.h>
#include <sys/mman.h>

__attribute__((target("avx"))) static int rounds(int n) {
    static float in[16][8], out[16][8];
    for (int r = 0; r < 16; r++)
        for (int i = 0; i < 8; i++) in[r][i] = r * 100 + i + 0.5f;
    int bad = 0;
    for (int k = 0; k < n; k++) {
        char *page = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(out, 0, sizeof out);
        asm volatile(
            "vmovups (%0), %%ymm0\n vmovups 32(%0), %%ymm1\n vmovups 64(%0), %%ymm2\n vmovups 96(%0), %%ymm3\n"
            "vmovups 128(%0), %%ymm4\n vmovups 160(%0), %%ymm5\n vmovups 192(%0), %%ymm6\n vmovups 224(%0), %%ymm7\n"
            "vmovups 256(%0), %%ymm8\n vmovups 288(%0), %%ymm9\n vmovups 320(%0), %%ymm10\n vmovups 352(%0), %%ymm11\n"
            "vmovups 384(%0), %%ymm12\n vmovups 416(%0), %%ymm13\n vmovups 448(%0), %%ymm14\n vmovups 480(%0), %%ymm15\n"
            "mov $110, %%eax\n syscall\n"
            "movb $1, (%2)\n"
            "mov $39, %%eax\n syscall\n"
            "movb $1, 40000(%2)\n"
            "mov $200000, %%ecx\n 1: dec %%ecx\n jnz 1b\n"
            "vmovups %%ymm0, (%1)\n vmovups %%ymm1, 32(%1)\n vmovups %%ymm2, 64(%1)\n vmovups %%ymm3, 96(%1)\n"
            "vmovups %%ymm4, 128(%1)\n vmovups %%ymm5, 160(%1)\n vmovups %%ymm6, 192(%1)\n vmovups %%ymm7, 224(%1)\n"
            "vmovups %%ymm8, 256(%1)\n vmovups %%ymm9, 288(%1)\n vmovups %%ymm10, 320(%1)\n vmovups %%ymm11, 352(%1)\n"
            "vmovups %%ymm12, 384(%1)\n vmovups %%ymm13, 416(%1)\n vmovups %%ymm14, 448(%1)\n vmovups %%ymm15, 480(%1)\n"
            : : "r"(in), "r"(out), "r"(page)
            : "rax", "rcx", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
              "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
        bad += memcmp(in, out, sizeof in) != 0;
        munmap(page, 65536);
    }
    return bad;
}

int main(void) {
    if (!__builtin_cpu_supports("avx")) {
        printf("bad 0\n");
        return 0;
    }
    printf("bad %d\n", rounds(40));
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8000);
    for (int i = 0; i < 10; i++) getppid();
    printf("mxcsr kept %d\n", _mm_getcsr() == (before | 0x8000));
    return 0;
}
