// The files of a report: what is sent, how far it is, and what has arrived.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { address, call, type FileSlot, type Meanwhile, Refused, type ReportFiles, type UploadForm } from "./api";
import { askBeforeLosing } from "./quick-exit";
import { asText, cut } from "./hidden-characters";
import { number, percent, t, when } from "./texts";
import { Waiting } from "./notice-box";

export { Proof } from "./proof";

interface Props {
  readonly codes: { readonly reference: string; readonly receipt: string };
  readonly reason: (error: unknown) => string;
}

/** A file that was chosen here. */
interface Chosen {
  /** Of its line here. */
  readonly key: string;
  readonly file: File;
  /** Its number in the report, once it has a slot. */
  readonly n?: number;
  /** Of a lost one the line broke, and it is tried again. Of a sent one all has left; a listed one stands in a list of
   * the service that was read since. */
  readonly stage: "queued" | "reading" | "sending" | "lost" | "sent" | "listed" | "failed";
  /** How much of it has left, from 0 to 1, also on earlier days. */
  readonly part: number;
  /** Why it failed, and whether it can be sent again. */
  readonly why: string;
  readonly final: boolean;
}

/** Stages in which nothing is on its way. */
const ENDED = new Set<Chosen["stage"]>(["sent", "listed", "failed"]);

const MB = 1024 * 1024;
/** Tries in a row in which nothing arrives. */
const TRIES = 5;
/** Milliseconds until fresh forms are asked for: one is good for 15 minutes, of which its part may take ten. */
const FRESH = 300_000;
const LONGEST_NAME = 300;
/** Seconds between looks for what has arrived. */
const LOOKS = [1, 2, 4, 8, 16];

const pause = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));
const megabytes = (bytes: number): string => number(Math.floor(bytes / MB));

async function digest(content: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  // The service computes it where a browser does not: in a page without a secure connection.
  if (!("subtle" in crypto)) return undefined;
  const found = await crypto.subtle.digest("SHA-256", content);
  return [...new Uint8Array(found)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The digests of the parts of a file, of which one is read at a time: a telephone may not hold a whole film. */
async function digests(file: File, size: number): Promise<readonly string[] | undefined> {
  const found: string[] = [];
  for (let begins = 0; begins < file.size; begins += size) {
    const part = await digest(await file.slice(begins, begins + size).arrayBuffer());
    if (!part) return undefined;
    found.push(part);
  }
  return found;
}

/** The key of the slot of a file, from the file and the receipt: the same file chosen again, also after a reload, goes
 * on in its slot and takes no second one. A UUID of version 8 (RFC 9562). */
async function keyOf(...parts: readonly string[]): Promise<string | undefined> {
  const hex = await digest(new TextEncoder().encode(parts.join("\n")));
  return hex && `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Send the form of a part; whether the bucket took it. */
function post(upload: UploadForm, part: Blob, tell: (share: number) => void, stop: AbortSignal): Promise<boolean> {
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append("file", part);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => tell(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => done(request.status < 300);
    request.onerror = () => done(false);
    request.onabort = () => done(false);
    stop.addEventListener("abort", () => request.abort());
    request.open("POST", upload.action);
    request.send(form);
  });
}

export function Files({ codes, reason }: Props): JSX.Element {
  const [told, setTold] = useState<ReportFiles>();
  const [wrong, setWrong] = useState("");
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const rows = useRef<readonly Chosen[]>([]);
  const running = useRef(false);
  const leaving = useRef(new AbortController());
  const path = `${address("/v1/reports/{reference}", { reference: codes.reference.trim() })}/evidence`;
  const authorization = { Authorization: `Receipt ${codes.receipt.trim()}` };

  const set = (next: readonly Chosen[]): void => {
    rows.current = next;
    setChosen(next);
    askBeforeLosing("files", next.some((row) => !ENDED.has(row.stage)));
  };
  const change = (key: string, to: Partial<Chosen>): void =>
    set(rows.current.map((row) => (row.key === key ? { ...row, ...to } : row)));
  const look = (): Promise<ReportFiles | undefined> => {
    const sent = rows.current.filter((row) => row.stage === "sent").map((row) => row.key);
    return call<ReportFiles>({ method: "GET", path, headers: authorization }).then(
      (found) => {
        setTold(found);
        setWrong("");
        for (const key of sent) change(key, { stage: "listed" });
        return found;
      },
      (error: unknown) => {
        setWrong(reason(error));
        return undefined;
      },
    );
  };
  useEffect(() => {
    void look();
    const { current: stop } = leaving;
    return () => {
      stop.abort();
      askBeforeLosing("files", false);
    };
  }, []);

  /** Send the parts that a slot misses, one after the other; "later" where its forms get old before the last one. */
  const sendParts = async ({ key, file }: Chosen, slot: FileSlot, arrived: () => void): Promise<"all" | "later" | "broken"> => {
    const begun = performance.now();
    const sizes = slot.uploads.map((each) => each.size ?? file.size);
    let came = file.size - sizes.reduce((left, size) => left + size, 0);
    for (const [at, upload] of slot.uploads.entries()) {
      if (performance.now() - begun > FRESH) return "later";
      const size = sizes[at] ?? 0;
      const tell = (share: number): void => change(key, { stage: "sending", part: (came + share * size) / file.size, n: slot.n });
      tell(0);
      if (!(await post(upload, file.slice(upload.begins, upload.begins + size), tell, leaving.current.signal))) return "broken";
      came += size;
      arrived();
    }
    return "all";
  };
  const send = async (row: Chosen): Promise<void> => {
    const { key, file } = row;
    change(key, { stage: "reading", part: 0, why: "" });
    const parts = await digests(file, told?.part_size ?? file.size);
    const body = { name: [...(file.name.trim() || "file")].slice(0, LONGEST_NAME).join(""), size: file.size, ...(parts ? { parts } : {}) };
    let asked = (parts && (await keyOf(codes.receipt.trim(), ...parts, body.name))) || key;
    const tell = (state: Meanwhile): void => {
      if (state === "retrying") change(key, { stage: "lost" });
    };
    for (let tried = 1; ; tried += 1) {
      // Asked for again it is the same slot, with fresh forms for the parts that have not come.
      const slot = await call<FileSlot>({ method: "POST", path, headers: { ...authorization, "Idempotency-Key": asked }, body, tell });
      if (leaving.current.signal.aborted) return;
      const ended = slot.state === "refused" ? "closed" : await sendParts(row, slot, () => { tried = 0; });
      if (ended === "all") return change(key, { stage: "sent", part: 1, n: slot.n });
      if (leaving.current.signal.aborted) return;
      if (tried === TRIES) throw new Refused("network");
      if (ended === "closed") asked = crypto.randomUUID(); // not all of it came in its time
      else if (ended === "broken") {
        change(key, { stage: "lost" });
        await pause(2 ** tried / 2);
      }
    }
  };
  const sayWhy = (error: unknown): Pick<Chosen, "why" | "final"> => {
    const kind = error instanceof Refused ? error.kind : "network";
    if (kind === "too-many-files") return { why: t("files.full"), final: true };
    if (kind === "files-not-taken") return { why: t("files.forbidden"), final: true };
    if (kind === "wait") return { why: t("error.busy"), final: false };
    // Also a file that the device no longer has, or cannot read.
    return { why: t("files.failed"), final: false };
  };
  const run = async (): Promise<void> => {
    if (running.current) return;
    running.current = true;
    for (;;) {
      const next = rows.current.find((row) => row.stage === "queued");
      if (!next || leaving.current.signal.aborted) break;
      await send(next).catch((error: unknown) => change(next.key, { stage: "failed", ...sayWhy(error) }));
    }
    running.current = false;
    for (const seconds of LOOKS) {
      if (leaving.current.signal.aborted || running.current) return;
      const found = await look();
      if (found && !found.files.some((file) => file.state === "slotted" || file.state === "arrived")) return;
      await pause(seconds);
    }
  };
  const choose = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const largest = told?.largest ?? 0;
    let room = told?.bytes_left ?? 0;
    const added = [...(input.files ?? [])].map((file): Chosen => {
      const why = file.size === 0 ? t("files.empty")
        : file.size > largest ? t("files.large", { size: megabytes(largest) })
        : file.size > room ? t("files.room", { size: megabytes(told?.most_bytes ?? 0) })
        : "";
      if (!why) room -= file.size;
      return { key: crypto.randomUUID(), file, stage: why ? "failed" : "queued", part: 0, why, final: why !== "" };
    });
    input.value = "";
    set([...rows.current, ...added]);
    void run();
  };
  const again = (key: string): void => {
    change(key, { stage: "queued", why: "" });
    void run();
  };
  /** Give up the slot of a file that has not come. */
  const withdraw = async (n: number): Promise<void> => {
    try {
      const left = await call<ReportFiles>({ method: "DELETE", path: `${path}/${n}`, headers: authorization });
      set(rows.current.filter((row) => row.n !== n));
      setTold(left);
      setWrong("");
    } catch (error) {
      if (error instanceof Refused && error.kind === "file-came") await look();
      else setWrong(reason(error));
    }
  };

  if (!told) return <p role="status" class="state">{wrong || <Waiting text={t("report.loading")} />}</p>;
  const limits = { count: number(told.most_files), size: megabytes(told.most_bytes) };
  // What was sent from here stands in the list of the service.
  const here = chosen.filter((row) => row.stage !== "listed");
  const listed = told.files.filter((file) => here.every((row) => row.n !== file.n));
  const more = told.taken && told.files_left > 0;
  // A file of which a part may be missing, from an earlier visit or another device: its slot goes on.
  const brokeOff = ({ n, state, size }: ReportFiles["files"][number]): boolean =>
    more && state === "slotted" && Boolean(size) && chosen.every((row) => row.n !== n);
  // Nothing of it is on its way from here.
  const withdrawn = ({ n, state }: ReportFiles["files"][number]): boolean =>
    state === "slotted" && chosen.every((row) => row.n !== n);
  // What was sent from here never goes back to "not arrived".
  const standing = ({ n, state }: ReportFiles["files"][number]): string =>
    state === "slotted" && chosen.some((row) => row.n === n && row.stage === "listed") ? t("files.sent") : t(`filed.${state}`);
  return (
    <>
      {told.taken ? <><p>{t("files.lead", limits)}</p><p class="hint">{t("files.warning")}</p></> : <p class="inset">{t("files.forbidden")}</p>}
      <ul class="files">
        {listed.map((file) => (
          <li key={file.n}>
            <Name text={file.name} />
            <span class="hint">{standing(file)} · {when(file.announced_at)}</span>
            {brokeOff(file) ? <span class="hint">{t("files.goes_on")}</span> : null}
            {file.why ? <span class="hint">{t(file.why === "never_came" || file.why === "incomplete" ? `unkept.${file.why}` : "unkept.other")}</span> : null}
            {withdrawn(file) ? <Withdraw onClick={() => void withdraw(file.n)} /> : null}
          </li>
        ))}
        {here.map((row) => (
          <li key={row.key}>
            <Name text={row.file.name} />
            {row.stage === "sending" || row.stage === "lost" ? <progress max={1} value={row.part} aria-label={asText(row.file.name)} /> : null}
            <span class={row.stage === "failed" ? "error" : "hint"} role={row.stage === "failed" ? "alert" : row.stage === "lost" ? "status" : undefined}>
              {row.stage === "failed" ? row.why
                : row.stage === "sent" ? t("files.sent")
                : row.stage === "lost" ? t("files.lost")
                // The words for a long wait come anew with each progress.
                : row.stage === "sending" ? <Waiting key={row.part} text={t("files.sending", { part: percent(Math.floor(row.part * 100) / 100) })} />
                : t("report.loading")}
            </span>
            {row.stage === "failed" && !row.final ? (
              <button type="button" class="button quiet" onClick={() => again(row.key)}>{t("report.again")}</button>
            ) : null}
            {row.stage === "failed" && row.n ? <Withdraw onClick={() => void withdraw(row.n ?? 0)} /> : null}
          </li>
        ))}
      </ul>
      {listed.length || here.length || !told.taken ? null : <p>{t("files.none")}</p>}
      {!told.taken ? null : more ? (
        <p class="field">
          <label for="files">{t("files.choose")}</label>
          <input id="files" type="file" multiple onChange={choose} />
        </p>
      ) : <p class="inset">{t("files.full")}</p>}
      {wrong ? <p class="error" role="alert">{wrong}</p> : null}
    </>
  );
}

function Withdraw({ onClick }: { onClick: () => void }): JSX.Element {
  return <button type="button" class="button quiet" onClick={onClick}>{t("files.withdraw")}</button>;
}

/** The name of a file, with a mark in the place of each character that would hide or turn others. */
function Name({ text }: { text: string }): JSX.Element {
  return (
    <bdi class="typed">
      {[...cut(text)].map(([before, mark]) => (mark ? <>{before}<bdi class="mark" dir="ltr">{mark}</bdi></> : before))}
    </bdi>
  );
}
