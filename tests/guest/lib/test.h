/* SPDX-License-Identifier: MIT */
/*
 * Tests: registered by TEST(), run by test_run_all(), one TEST line each.
 *
 *     TEST(mmu_update_normal_einval_bad_level, COVERS(mmu_update, EINVAL))
 *     {
 *         CHECK_EQ(pt_mmu_update(...), -XEN_EINVAL);
 *     }
 *
 * A failed CHECK marks the test failed and goes on; REQUIRE returns from the
 * function it stands in. Only the first failure of a test is in its line.
 * COVERS(call, error) or COVERS(call.sub, error) is a row of the hypercall
 * table that the test shows; `ok` is success. The build collects them in
 * covers.txt as "call[.sub] error family/test".
 */
#pragma once

#include "types.h"

struct regs;

extern const char family_name[];

struct test {
    const char *name;
    void (*fn)(void);
    unsigned line; /* the order of running */
};

#ifdef FAMILY
/* The name in TEST lines; one file is one family. */
const char family_name[] __attribute__((weak)) = FAMILY;
#endif

#define COVERS(call, error) " " #call ":" #error

#define TEST(name, ...)                                                       \
    __asm__(".pushsection .covers, \"\", @progbits\n"                         \
            ".ascii \"" FAMILY "/" #name " " __VA_ARGS__ "\\n\"\n"            \
            ".popsection");                                                   \
    static void test_fn_##name(void);                                         \
    static const struct test test_##name = {#name, test_fn_##name, __LINE__}; \
    static const struct test *const test_ptr_##name USED SECTION(".tests") =  \
        &test_##name;                                                         \
    static void test_fn_##name(void)

/*
 * Tests that end in the domain's crash need a boot each. Such a family says
 * true: run without only=, it prints "BOOTS name name..." and run-one boots
 * it once for each. The test calls test_expect_crash() before the deed.
 */
bool family_one_boot_each(void);
void test_expect_crash(void);

/* A family may prepare something before its first test. */
void family_init(void);

void test_run_all(const char *cmdline);
void test_fail(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void test_skip(const char *why);
void test_abort(const char *why) NORETURN;
void test_unexpected_trap(const struct regs *r);
void test_result(const char *word, const char *why) NORETURN;
void test_shutdown(void) NORETURN;
bool test_failed(void);
/* Is the hypervisor Debian's Xen (extraversion without "parvis")? */
bool test_on_xen(void);

#define CHECK(cond)                                     \
    do {                                                \
        if (!(cond))                                    \
            test_fail(__FILE__, __LINE__, "%s", #cond); \
    } while (0)

#define REQUIRE(cond)                                   \
    do {                                                \
        if (!(cond)) {                                  \
            test_fail(__FILE__, __LINE__, "%s", #cond); \
            return;                                     \
        }                                               \
    } while (0)

/*
 * An error whose number is a matter of taste: Xen's, or what Parvis answers
 * in its place (-EBUSY for a frame of another type, where Xen has -EINVAL).
 */
#define CHECK_EITHER(got, xen, parvis)                                        \
    do {                                                                      \
        long either_got = (long)(got);                                        \
        if (either_got != (xen) && (either_got != (parvis) || test_on_xen())) \
            test_fail(__FILE__, __LINE__, "%s is %ld, not %ld", #got,         \
                      either_got, (long)(xen));                               \
    } while (0)

/* A frame has, or is wanted as, another type. */
#define CHECK_CONFLICT(got) CHECK_EITHER(got, -XEN_EINVAL, -XEN_EBUSY)
/* There is no such frame, or it is nobody's business of this domain. */
#define CHECK_NO_FRAME(got) CHECK_EITHER(got, -XEN_EPERM, -XEN_EINVAL)

#define CHECK_OP(text, got, op, want)                               \
    do {                                                            \
        long check_got = (long)(got), check_want = (long)(want);    \
        if (!(check_got op check_want))                             \
            test_fail(__FILE__, __LINE__,                           \
                      check_want > -4096 && check_want < 4096 &&    \
                              check_got > -4096 && check_got < 4096 \
                          ? "%s is %ld, not " #op " %ld"            \
                          : "%s is %lx, not " #op " %lx",           \
                      text, check_got, check_want);                 \
    } while (0)

#define CHECK_EQ(got, want) CHECK_OP(#got, got, ==, want)
#define CHECK_NE(got, want) CHECK_OP(#got, got, !=, want)
#define CHECK_GE(got, want) CHECK_OP(#got, got, >=, want)
#define CHECK_LE(got, want) CHECK_OP(#got, got, <=, want)

#define REQUIRE_EQ(got, want)                                                  \
    do {                                                                       \
        long req_got = (long)(got), req_want = (long)(want);                   \
        if (req_got != req_want) {                                             \
            test_fail(__FILE__, __LINE__, "%s is %ld, not %ld", #got, req_got, \
                      req_want);                                               \
            return;                                                            \
        }                                                                      \
    } while (0)

#define SKIP(why)       \
    do {                \
        test_skip(why); \
        return;         \
    } while (0)

/* The fault of TRY() or user_try() has this vector. */
#define CHECK_VECTOR(f, want)                                               \
    do {                                                                    \
        unsigned check_v = (f).vector;                                      \
        if (check_v != (want))                                              \
            test_fail(__FILE__, __LINE__, "%s: %s (error %lx), not %s", #f, \
                      trap_name(check_v), (ulong_t)(f).error,               \
                      trap_name(want));                                     \
    } while (0)

#define CHECK_FAULT(want, ...)                                          \
    do {                                                                \
        struct fault check_f = TRY(__VA_ARGS__);                        \
        if (check_f.vector != (want))                                   \
            test_fail(__FILE__, __LINE__, "%s: %s (error %lx), not %s", \
                      #__VA_ARGS__, trap_name(check_f.vector),          \
                      (ulong_t)check_f.error, trap_name(want));         \
    } while (0)
