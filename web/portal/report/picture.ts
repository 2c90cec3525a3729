// The receipt as a picture, drawn here: nothing of it leaves the device.
import type { draw } from "../qr";

const WIDTH = 720;
const EDGE = 40;
const LINE = 34;
const CODE = 320;

/** Name and value, one below the other, over the QR code where there is one. */
export function picture(
  title: string,
  facts: readonly (readonly [name: string, value: string])[],
  qr: ReturnType<typeof draw> | undefined,
): Promise<Blob | null> {
  const sheet = document.createElement("canvas");
  sheet.width = WIDTH;
  sheet.height = EDGE * 3 + LINE * (2 + 2.5 * facts.length) + CODE;
  const pen = sheet.getContext("2d");
  if (!pen) return Promise.resolve(null);
  const { direction } = getComputedStyle(document.body);
  const start = direction === "rtl" ? WIDTH - EDGE : EDGE;
  const write = (text: string, font: string, at: number): void => {
    pen.font = font;
    // Isolated: a code or an address is read from the left in Arabic, too.
    pen.fillText(`\u2068${text}\u2069`, start, at, WIDTH - 2 * EDGE);
  };
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, WIDTH, sheet.height);
  pen.fillStyle = "#000";
  pen.direction = direction as CanvasDirection;
  pen.textAlign = "start";
  let at = EDGE + LINE;
  write(title, "bold 32px sans-serif", at);
  for (const [name, value] of facts) {
    at += LINE * 1.5;
    write(name, "22px sans-serif", at);
    at += LINE;
    write(value, "bold 26px monospace", at);
  }
  if (!qr) return file(sheet);
  pen.translate((WIDTH - CODE) / 2, at + EDGE);
  pen.scale(CODE / qr.size, CODE / qr.size);
  pen.fill(new Path2D(qr.path));
  return file(sheet);
}

function file(sheet: HTMLCanvasElement): Promise<Blob | null> {
  return new Promise((told) => sheet.toBlob(told));
}
