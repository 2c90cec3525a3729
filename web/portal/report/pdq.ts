// What a picture looks like, as 256 bits: PDQ, computed on this device. functions/examine/pdq.py does the
// same with the same steps, and says where the algorithm is published.

const SIDE = 512;
const CELLS = 64;
const BITS = 16;
const WINDOW = SIDE / (2 * CELLS);
/** Quality from which a hash says something. */
const GOOD = 50;
/** The longest side that is read: of a larger picture the browser makes a smaller one. */
const LONGEST = 2048;

type Row = readonly number[];

/** The moving mean of the published code; at the ends over what is there. */
function mean(line: Row): number[] {
  const before = WINDOW - WINDOW / 2 - 1;
  const after = WINDOW / 2 + 1;
  return line.map((_, at) => {
    const part = line.slice(Math.max(0, at - before), at + after);
    return part.reduce((sum, each) => sum + each, 0) / part.length;
  });
}

/** Two moving means and taking every eighth are one linear map: first place and weights by cell. */
function taps(): readonly (readonly [first: number, weights: Row])[] {
  const columns = Array.from({ length: SIDE }, (_, one) => mean(mean(Array.from({ length: SIDE }, (_, at) => Number(at === one)))));
  return Array.from({ length: CELLS }, (_, cell) => {
    const at = Math.floor(((cell + 0.5) * SIDE) / CELLS);
    const row = columns.map((column) => column[at] ?? 0);
    const first = row.findIndex(Boolean);
    return [first, row.slice(first, first + row.filter(Boolean).length)];
  });
}

const turned = (rows: readonly Row[]): number[][] => (rows[0] ?? []).map((_, at) => rows.map((row) => row[at] ?? 0));
const product = (one: Row, other: Row): number => one.reduce((sum, each, at) => sum + each * (other[at] ?? 0), 0);

/** How much happens in the picture, from 0 to 100. */
function quality(...directions: readonly (readonly Row[])[]): number {
  let steps = 0;
  for (const row of directions.flat()) {
    for (let at = 1; at < row.length; at += 1) steps += Math.abs(Math.trunc((((row[at - 1] ?? 0) - (row[at] ?? 0)) * 100) / 255));
  }
  return Math.min(100, Math.floor(steps / 90));
}

/** The hash of a square of luminances in hex; none for what is too plain to be told from others. */
function hash(luma: readonly Row[]): string | undefined {
  const map = taps();
  const shrunk = (rows: readonly Row[]): number[][] =>
    turned(rows.map((row) => map.map(([first, weights]) => product(weights, row.slice(first, first + weights.length)))));
  const cells = shrunk(shrunk(luma));
  const columns = turned(cells);
  if (quality(cells, columns) < GOOD) return undefined;
  const waves = Array.from({ length: BITS }, (_, wave) =>
    Array.from({ length: CELLS }, (_, cell) => Math.cos((Math.PI / 2 / CELLS) * (wave + 1) * (2 * cell + 1))),
  );
  const half = waves.map((wave) => columns.map((column) => product(wave, column)));
  const full = half.flatMap((row) => waves.map((wave) => product(wave, row)));
  const median = [...full].sort((a, b) => a - b)[full.length / 2 - 1] ?? 0;
  const digits = Array.from({ length: full.length / 4 }, (_, digit) =>
    [0, 1, 2, 3].reduce((value, bit) => value + ((full[digit * 4 + bit] ?? 0) > median ? 1 << bit : 0), 0).toString(16),
  );
  return digits.reverse().join("");
}

/** Which pixels of a line become one of the square, without weights. */
function spans(length: number): readonly (readonly [from: number, to: number])[] {
  const scale = length / SIDE;
  const reach = Math.max(scale, 1) / 2;
  return Array.from({ length: SIDE }, (_, at) => {
    const centre = (at + 0.5) * scale;
    const from = Math.max(0, Math.floor(centre - reach + 0.5));
    return [from, Math.max(from + 1, Math.min(length, Math.floor(centre + reach + 0.5)))];
  });
}

/** The luminances of a picture, shrunk to the square. */
function square({ data, width, height }: ImageData): number[][] {
  const across = spans(width);
  const lines = Array.from({ length: height }, (_, y) => across.map(([from, to]) => {
    let sum = 0;
    for (let x = from; x < to; x += 1) {
      const at = (y * width + x) * 4;
      sum += 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    }
    return sum / (to - from);
  }));
  return spans(height).map(([from, to]) => {
    const some = lines.slice(from, to);
    return across.map((_, x) => Math.round(some.reduce((sum, line) => sum + (line[x] ?? 0), 0) / some.length));
  });
}

function pen(width: number, height: number): CanvasRenderingContext2D {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const found = canvas.getContext("2d", { willReadFrequently: true });
  if (!found) throw new Error("no canvas");
  return found;
}

/** Some browsers give pages noise for pixels, so that nobody is known by how they draw. */
function readsTrue(): boolean {
  const sheet = pen(16, 16);
  sheet.fillStyle = "#204080";
  sheet.fillRect(0, 0, 16, 16);
  return sheet.getImageData(0, 0, 16, 16).data.every((each, at) => Math.abs(each - ([32, 64, 128, 255][at % 4] ?? 0)) < 4);
}

/**
 * The hash of a picture; none for one that is too plain. Rejects where the browser cannot read the picture, or does not
 * let pages read pixels. Nothing leaves the device.
 */
export async function pdq(file: Blob): Promise<string | undefined> {
  if (!readsTrue()) throw new Error("pixels are hidden");
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const [width, height] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))];
  const sheet = pen(width, height);
  sheet.fillStyle = "#fff";
  sheet.fillRect(0, 0, width, height);
  sheet.imageSmoothingQuality = "high";
  sheet.drawImage(picture, 0, 0, width, height);
  picture.close();
  return hash(square(sheet.getImageData(0, 0, width, height)));
}
