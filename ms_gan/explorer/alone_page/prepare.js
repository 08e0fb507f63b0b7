// A person's picture as the training's inputs were, as ms_gan/data/degrade.py prepares it: values are those of network.js.

const FAINT = 6; // steps between neighbours, of 255: no contour below,
const STRONG = 30; // a black one above

const toFloat = (level) => level / 127.5 - 1;
const toLevel = (value) => Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5);

// Red, green and blue before a background, or what Pillow makes grey of them, 0 to 255.
function colours({ width, height, data }, channels, background) {
  const levels = blank(height, width, channels);
  for (let at = 0; at < width * height; at++) {
    const opacity = data[4 * at + 3] / 255;
    const [red, green, blue] = background.map((level, c) => Math.round(level + (data[4 * at + c] - level) * opacity));
    if (channels === 1) levels.data[at] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    else levels.data.set([red, green, blue], 3 * at);
  }
  return levels;
}

// Twice, four or eight times as large, by Pillow's bicubic filter (a = -0.5), in rows and then in columns.
function enlarged(levels, factor) {
  const weight = (far) => {
    const x = Math.abs(far);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  };
  const along = (x, height, width, pixel) => {
    const y = blank(height, width, x.channels);
    for (let at = 0; at < height * width; at++) {
      const [row, column] = [Math.floor(at / width), at % width];
      const [place, size, from] = pixel(row, column);
      const first = Math.floor(place - 0.5) - 1;
      const taps = [0, 1, 2, 3].map((tap) => first + tap).filter((tap) => tap >= 0 && tap < size);
      const weights = taps.map((tap) => weight(tap + 0.5 - place));
      const total = weights.reduce((sum, one) => sum + one, 0);
      for (let c = 0; c < x.channels; c++) {
        const sum = taps.reduce((all, tap, i) => all + weights[i] * x.data[from(tap) * x.channels + c], 0) / total;
        y.data[at * x.channels + c] = Math.min(255, Math.max(0, Math.round(sum)));
      }
    }
    return y;
  };
  const wide = along(levels, levels.height, factor * levels.width, (row, column) => [
    (column + 0.5) / factor, levels.width, (tap) => row * levels.width + tap,
  ]);
  return along(wide, factor * wide.height, wide.width, (row, column) => [
    (row + 0.5) / factor, wide.height, (tap) => tap * wide.width + column,
  ]);
}

// Dark lines on white where the picture is steep: Sobel's gradient, of the steepest channel.
function contours(levels) {
  const y = blank(levels.height, levels.width, 1);
  const clamped = (place, size) => Math.min(size - 1, Math.max(0, place));
  for (let row = 0; row < levels.height; row++) {
    for (let column = 0; column < levels.width; column++) {
      let most = 0;
      for (let c = 0; c < levels.channels; c++) {
        const at = (down, right) => {
          const place = clamped(row + down, levels.height) * levels.width + clamped(column + right, levels.width);
          return levels.data[place * levels.channels + c];
        };
        const across = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
        const down = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
        most = Math.max(most, Math.hypot(across, down) / 8);
      }
      y.data[row * levels.width + column] = 1 - 2 * Math.min(1, Math.max(0, (most - FAINT) / (STRONG - FAINT)));
    }
  }
  return y;
}

// What the network is given: by the degradation that it has learnt to mend, or none.
function prepared(picture, { degrade, strength, channels, background }) {
  if (degrade === "edges") return contours(colours(picture, channels, background));
  let levels = colours(picture, degrade === "grey" ? 1 : channels, background);
  if (degrade === "downscale") levels = enlarged(levels, strength);
  const given = each(levels, toFloat);
  if (degrade !== "mask") return given;
  const hole = blank(given.height, given.width, 1);
  for (let at = 0; at < hole.data.length; at++) {
    if (picture.data[4 * at + 3] >= 128) continue;
    hole.data[at] = 1;
    given.data.fill(0, at * channels, (at + 1) * channels);
  }
  return joined(given, hole);
}

// A result as the browser shows it; `opacity` (level at a place) of the picture that it was made of.
function shownAs({ height, width, channels, data }, opacity, colours = channels) {
  const picture = new ImageData(width, height);
  for (let at = 0; at < height * width; at++) {
    for (let c = 0; c < 3; c++) picture.data[4 * at + c] = toLevel(data[at * channels + (colours < 3 ? 0 : c)]);
    picture.data[4 * at + 3] = opacity(at);
  }
  return picture;
}
