// Pictures as the browser has them (ImageData), and as they travel: base64 of red, green, blue and opacity.

const CHUNK = 0x8000; // of bytes that one call takes as arguments

export function unpacked({ width, height, pixels }) {
  const bytes = Uint8ClampedArray.from(atob(pixels), (letter) => letter.charCodeAt(0));
  return new ImageData(bytes, width, height);
}

export function packed({ width, height, data }) {
  const parts = [];
  for (let at = 0; at < data.length; at += CHUNK) parts.push(String.fromCharCode(...data.subarray(at, at + CHUNK)));
  return { width, height, pixels: btoa(parts.join("")) };
}

// The square in the middle of a picture.
export function squared(picture) {
  const side = Math.min(picture.width, picture.height);
  if (picture.width === picture.height) return picture;
  const left = Math.floor((picture.width - side) / 2);
  const top = Math.floor((picture.height - side) / 2);
  const square = new ImageData(side, side);
  for (let y = 0; y < side; y++) {
    const from = 4 * ((top + y) * picture.width + left);
    square.data.set(picture.data.subarray(from, from + 4 * side), 4 * y * side);
  }
  return square;
}
