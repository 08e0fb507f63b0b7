// What answers the page where there is no server: the generator itself, in the page.

const told = JSON.parse(document.getElementById("description").textContent);
let graph = null;

export const about = async () => told.about;

export async function send(path, question) {
  const answers = { examples: () => told.examples, decoded: () => decoded(question), translated: () => translated(question) };
  await new Promise((done) => setTimeout(done)); // what the page said is drawn first
  const answer = await answers[path]();
  return { json: async () => answer };
}

async function decoded(file) {
  let image;
  try {
    image = await createImageBitmap(file);
  } catch {
    throw new Error("This browser cannot read the file as a picture.");
  }
  return packed(scaled(image, told.about.most_side));
}

// A picture whose longer side has at most so many pixels; halved as often as possible, so that none is passed over.
function scaled(image, most) {
  let { width, height } = image;
  const factor = Math.min(1, most / Math.max(width, height));
  const [wanted, tall] = [width, height].map((side) => Math.max(1, Math.round(side * factor)));
  let from = image;
  while (true) {
    width = Math.max(wanted, Math.ceil(width / 2));
    height = Math.max(tall, Math.ceil(height / 2));
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.drawImage(from, 0, 0, width, height);
    if (width === wanted && height === tall) return pen.getImageData(0, 0, width, height);
    from = canvas;
  }
}

async function translated({ most, ...sent }) {
  let picture = unpacked(sent);
  if (Math.max(picture.width, picture.height) > most) picture = scaled(await createImageBitmap(picture), most);
  graph ??= readGraph(told.graph, document.getElementById("weights").textContent);
  const { hole, degrade, multiple, outputs } = { ...told.about, ...told.network };
  const given = prepared(picture, told.network);
  let made = translate(graph, multiple, given);
  if (hole) made = each(made, (value, c, at) => (isHole(given, at / outputs) ? value : given.data[Math.floor(at / outputs) * given.channels + c]));
  const factor = made.width / picture.width;
  const opacity = (at) => {
    const [row, column] = [Math.floor(at / made.width), at % made.width].map((place) => Math.floor(place / factor));
    return hole ? 255 : picture.data[4 * (row * picture.width + column) + 3];
  };
  const seen = degrade === "mask" ? given.channels - 1 : given.channels;
  return { before: packed(shownAs(given, opacity, seen)), after: packed(shownAs(made, opacity)) };
}

function isHole(given, place) {
  return given.data[(Math.floor(place) + 1) * given.channels - 1] > 0.5;
}
