"use strict";
// The latents of a seed: the same numbers that ms_gan/generators/latents.py draws with numpy, from Philox (Salmon et al. 2011) by
// the ziggurat (Marsaglia and Tsang 2000).

const BLOCK = 64; // latents drawn at a time
const SAMPLE_LATENTS = 4n; // what the numbers are for: ms_gan/seeds.py
const WORD = (1n << 64n) - 1n;

// Philox 4x64 with 10 rounds: the 64-bit numbers of a key and of counters 1, 2, 3, ... at a place.
function philox(key, place) {
  let count = 0n;
  return () => {
    count += 1n;
    let [a, b, c, d] = [count, place, 0n, 0n];
    let [first, second] = key;
    for (let round = 0; round < 10; round++) {
      const left = a * 0xD2E7470EE14C6C93n;
      const right = c * 0xCA5A826395121157n;
      [a, b, c, d] = [(right >> 64n) ^ b ^ first, right & WORD, (left >> 64n) ^ d ^ second, left & WORD];
      first = (first + 0x9E3779B97F4A7C15n) & WORD;
      second = (second + 0xBB67AE8584CAA73Bn) & WORD;
    }
    return [a, b, c, d];
  };
}

// 32-bit numbers, the lower half of each 64-bit one first.
function words(seed, block) {
  const next = philox([seed, SAMPLE_LATENTS], BigInt(block));
  let halves = [];
  let at = 0;
  return () => {
    if (at === halves.length) {
      halves = next().flatMap((number) => [Number(number & 0xFFFFFFFFn), Number(number >> 32n)]);
      at = 0;
    }
    return halves[at++];
  };
}

// 256 layers of equal area under exp(-x^2 / 2): their widths, and what part of each lies wholly under the curve.
function ziggurat() {
  const tail = 3.6541528853610088;
  const area = 0.004928673233974655;
  const height = (x) => Math.exp(-0.5 * x * x);
  const edges = new Float64Array(257);
  edges[256] = area / height(tail);
  edges[255] = tail;
  for (let i = 254; i > 0; i--) {
    edges[i] = Math.sqrt(-2 * Math.log(area / edges[i + 1] + height(edges[i + 1])));
  }
  const inside = new Float64Array(256);
  const width = new Float32Array(256);
  const curve = new Float32Array(256);
  for (let i = 0; i < 256; i++) {
    const edge = edges[i || 256];
    inside[i] = Math.round((i ? edges[i - 1] / edge : tail / edge) * 2 ** 23);
    width[i] = edge / 2 ** 23;
    curve[i] = height(edges[i]);
  }
  return { tail, inside, width, curve };
}

const TABLES = ziggurat();
const unit = (word) => Math.fround((word >>> 8) / 2 ** 24); // [0, 1)

// A number from N(0, 1).
function normal(word) {
  const { tail, inside, width, curve } = TABLES;
  for (;;) {
    const bits = word();
    const layer = bits & 255;
    const size = bits >>> 9;
    const x = Math.fround(size * width[layer]) * (bits & 256 ? -1 : 1);
    if (size < inside[layer]) return x;
    if (layer === 0) {
      for (;;) {
        const beyond = Math.fround(-Math.log1p(-unit(word())) / tail);
        const drop = Math.fround(-Math.log1p(-unit(word())));
        if (2 * drop > beyond * beyond) return Math.fround((size >> 8) & 1 ? -(tail + beyond) : tail + beyond);
      }
    }
    const level = (curve[layer - 1] - curve[layer]) * unit(word()) + curve[layer];
    if (level < Math.exp(-0.5 * x * x)) return x;
  }
}

// The 64 latents of one block of a seed; seed is a BigInt.
function latentBlock(seed, block, width, distribution) {
  const word = words(seed, block);
  const draw = distribution === "normal" ? () => normal(word) : () => Math.fround(unit(word()) * 2 - 1);
  return Array.from({ length: BLOCK }, () => Float32Array.from({ length: width }, draw));
}

// A latent on the way from one to another: on the sphere where latents are normal, as ms_gan/generators/latents.py does.
function between(from, to, share, distribution) {
  let [first, second] = [1 - share, share];
  if (distribution === "normal") {
    const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const cosine = dot(from, to) / Math.sqrt(dot(from, from) * dot(to, to));
    const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
    if (Math.sin(angle) > 1e-6) {
      first = Math.sin(first * angle) / Math.sin(angle);
      second = Math.sin(second * angle) / Math.sin(angle);
    }
  }
  return from.map((value, i) => first * value + second * to[i]);
}
