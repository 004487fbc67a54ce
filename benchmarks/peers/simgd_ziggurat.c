// simGD on L = x'Au with additive Gaussian noise: xoshiro256++ and the ziggurat of 256 layers.
// D is the number of coordinates, half of them primal.
#include <math.h>
#include <stdint.h>

#define N (D / 2)
#define EDGE 3.6541528853610088
#define AREA 0.00492867323399

static double width[257], ratio[256];

void prepare(void) {
    double f = exp(-0.5 * EDGE * EDGE);
    width[0] = AREA / f, width[1] = EDGE, width[256] = 0;
    for (int i = 2; i < 256; i++) {
        width[i] = sqrt(-2 * log(AREA / width[i - 1] + f));
        f = exp(-0.5 * width[i] * width[i]);
    }
    for (int i = 0; i < 256; i++) ratio[i] = width[i + 1] / width[i];
}

typedef struct { uint64_t s[4]; } rng_t;

static inline uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static inline uint64_t next(rng_t *g) {
    uint64_t *s = g->s, out = rotl(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0], s[3] ^= s[1], s[1] ^= s[2], s[0] ^= s[3], s[2] ^= t, s[3] = rotl(s[3], 45);
    return out;
}

static inline double uniform(rng_t *g) { return ((next(g) >> 11) + 0.5) * 0x1p-53; }

static __attribute__((noinline)) double slow(rng_t *g, double u, int i) {
    for (;;) {
        if (i == 0) {
            double x, y;
            do { x = log(uniform(g)) / EDGE, y = log(uniform(g)); } while (-2 * y < x * x);
            return u < 0 ? x - EDGE : EDGE - x;
        }
        double x = u * width[i];
        double above = exp(-0.5 * (width[i] * width[i] - x * x));
        double below = exp(-0.5 * (width[i + 1] * width[i + 1] - x * x));
        if (below + uniform(g) * (above - below) < 1.0) return x;
        uint64_t bits = next(g);
        i = bits & 255, u = (int64_t)(bits >> 10) * 0x1p-53 - 1;
        if (fabs(u) < ratio[i]) return u * width[i];
    }
}

static inline double normal(rng_t *g) {
    uint64_t bits = next(g);
    int i = bits & 255;
    double u = (int64_t)(bits >> 10) * 0x1p-53 - 1;
    if (__builtin_expect(fabs(u) < ratio[i], 1)) return u * width[i];
    rng_t copy = *g;  // its address would keep the generator out of registers
    double x = slow(&copy, u, i);
    *g = copy;
    return x;
}

void simgd(double *z, long paths, long steps, const double *A, double alpha, double sigma,
           uint64_t seed) {
    rng_t g;
    for (int i = 0; i < 4; i++) {  // SplitMix64
        uint64_t x = (seed += 0x9E3779B97F4A7C15);
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9, x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        g.s[i] = x ^ (x >> 31);
    }
    for (long p = 0; p < paths; p++) {
        double now[D];
        for (int i = 0; i < D; i++) now[i] = z[p * D + i];
        for (long k = 0; k < steps; k++) {
            double g_[D];
            for (int i = 0; i < D; i++) g_[i] = sigma * normal(&g);
            for (int i = 0; i < N; i++)
                for (int j = 0; j < N; j++) {
                    g_[i] += A[i * N + j] * now[N + j];
                    g_[N + j] -= A[i * N + j] * now[i];
                }
            for (int i = 0; i < D; i++) now[i] -= alpha * g_[i];
        }
        for (int i = 0; i < D; i++) z[p * D + i] = now[i];
    }
}
