// The files that a reporter added, with what a machine found in them. One opens by motive: the service records it, gives the key of this
// file, and hands over the ciphertext in parts. They are put together and opened here, compared with
// the digest, and saved as a file of no type: nothing on this page shows or runs what is inside. What is
// shown is a preview that was painted anew.
import type { JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Alike } from "./picture-matches";
import { call, kindOf, newKey, Refused, type Report } from "./api";
import { askFor, useMyAsking } from "./asked-files";
import { bytesOf, save, sha256Of } from "./bytes";
import type { Schemas } from "./fields";
import { Code, Said, Told } from "./untrusted-text";
import { useKeys, useKeysOfAForm } from "./keys";
import { Known } from "./hash-results";
import { Preview } from "./preview";
import { refusal } from "./refusals";
import { when } from "./times";
import { number, said, t, words } from "./words";

type FileLine = NonNullable<Report["files"]>[number];
type HashLine = NonNullable<Report["hashes"]>[number];

interface FilesProps {
  /** The case in which a file can be opened; none where reports are shown without their case. */
  readonly caseId: string | undefined;
  /** Whether two people open a file of it. */
  readonly two?: boolean;
  readonly report: string;
  readonly files: readonly FileLine[];
  readonly hashes: readonly HashLine[];
}

const MIB = 2 ** 20;

export function Files({ caseId, two, report, files, hashes }: FilesProps): JSX.Element {
  const size = new Intl.NumberFormat(words.locale, { maximumFractionDigits: 1 });
  const sized = (bytes: number): string => (bytes < MIB ? `${size.format(Math.ceil(bytes / 1024))} KiB` : `${size.format(bytes / MIB)} MiB`);
  return (
    <div class="post files">
      {files.length ? <p class="hint"><b>{t("files")}</b>{caseId ? null : <> · {t("files_hint")}</>}</p> : null}
      <ol>
        {files.map((each) => (
          <li key={each.n} value={each.n}>
            <p class="file-line">
              <b><Said text={each.name} /></b>
              <small>{each.size ? <><bdi>{sized(each.size)}</bdi> · </> : null}{said("file", each.state)}{each.why ? <> ({said("file_why", each.why)})</> : null} · {when(each.sent_at)}</small>
            </p>
            {each.refused_at ? <p class="hint">{refused(each, sized)}</p> : null}
            {each.preview ? <p class="hint">{found(each)}</p> : null}
            <Same same={each.same} more={each.same_more} />
            <Known known={each.known} unread={each.lists_unread} />
            <Alike alike={each.alike} more={each.alike_more} of={[caseId, report, `file-${threeDigits(each.n)}`]} />
            <div class="file-acts">
              {caseId && each.shown ? <Preview caseId={caseId} report={report} n={each.n} shown={each.shown} /> : null}
              {caseId && each.state === "kept" ? (
                two ? <OpenByTwo caseId={caseId} report={report} n={each.n} /> : <Open caseId={caseId} report={report} n={each.n} />
              ) : null}
              {each.sha256 && caseId ? <details><summary>{said("kind", "file_hash")}</summary><p class="hint"><Digest of={each} /></p><p class="hint">{t("files_hint")}</p></details> : null}
            </div>
            {each.sha256 && !caseId ? <p class="hint"><Digest of={each} /></p> : null}
          </li>
        ))}
      </ol>
      {hashes.length ? <p class="hint"><b>{t("hash_only")}</b> · {t("hash_only_hint", { n: String(hashes.length) })}</p> : null}
      {hashes.map((each) => (
        <div key={each.n}>
          <Known known={each.known} unread={each.lists_unread} n={each.n} />
          <Alike alike={each.alike} more={each.alike_more} hash={hashes.length > 1 ? each.n : undefined} of={[caseId, report, `phone-${threeDigits(each.n)}`]} />
        </div>
      ))}
    </div>
  );
}

/** Of the bytes, and who counted it. */
const Digest = ({ of: { state, declared, sha256 } }: { of: FileLine }): JSX.Element => (
  <>{t(state === "refused" ? "file_came_digest" : declared ? "file_declared" : "file_ours")} <Code text={sha256 ?? ""} /></>
);

/** Files with the same bytes: a fact, which the digests show. */
function Same({ same, more }: { readonly same: FileLine["same"]; readonly more: boolean | undefined }): JSX.Element | null {
  if (!same?.length) return null;
  return (
    <>
      <p class="hint"><b>{t("file_same")}</b> · {t("file_same_hint")}{more ? <> {t("file_same_more")}</> : null}</p>
      <ul>
        {same.map((each) => (
          <li key={`${each.report} ${each.n}`}>
            <a href={`#${each.case}`}><Code text={each.case} /></a> · {t("picture_alike_file", { n: String(each.n) })} <Code text={each.report} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** As the service names pictures. */
const threeDigits = (n: number): string => String(n).padStart(3, "0");

/** What is left of a file that was refused: when, how much had come, and what that began as. */
function refused({ refused_at, came, type }: FileLine, sized: (bytes: number) => string): string {
  const at = refused_at ? t("file_refused_at", { at: when(refused_at) }) : "";
  const left = came ? t("file_came", { size: sized(came) }) : "";
  return [at, left, type ? t("file_begins", { type: said("file_type", type) }) : ""].filter(Boolean).join(" · ");
}

/** What a machine found: the type by the content, how far it looked, and what the scanner said. */
function found({ type, agreed, preview, pages, shown, cut, scan }: FileLine): string {
  const kind = type ? t(agreed || type === "unknown" ? "file_is" : "file_begins", { type: said("file_type", type) }) : "";
  const part = preview === "made" && pages && shown && pages > shown ? t("file_part", { shown: String(shown), pages: String(pages) }) : "";
  const shut = preview === "none" && (type === "heic" || type === "avif");
  const looked = preview === "made" ? part : shut ? t("file_shut") : preview ? said("file_preview", preview) : "";
  return [kind, looked, cut ? t("file_cut") : "", scan ? said("file_scan", scan) : ""].filter(Boolean).join(" · ");
}

interface OpenProps {
  readonly caseId: string;
  readonly report: string;
  readonly n: number;
}

function Open({ caseId, report, n }: OpenProps): JSX.Element {
  const [asking, ask] = useState(false);
  const [told, tell] = useState("");
  const begin = useBack(asking);
  const open = (motive: string): void =>
    fetched(caseId, { report, n, motive }, tell, () => ask(false));
  return (
    <>
      {asking ? (
        <Motive id={`motive-${report}-${n}`} act="file_open" hint="file_open_said" send={open} leave={() => ask(false)} />
      ) : (
        <p><button type="button" class="link" ref={begin} onClick={() => ask(true)}>{t("file_open")}</button></p>
      )}
      <p role="status" class="hint">{told}</p>
    </>
  );
}

/** Of a case of the gravest kinds: one person asks, another admits or refuses, and then the first opens. */
function OpenByTwo({ caseId, report, n }: OpenProps): JSX.Element {
  const { mine, people, read } = useMyAsking(caseId, report, n);
  const [asking, ask] = useState(false);
  const [told, tell] = useState("");
  const [alone, setAlone] = useState(false);
  const begin = useBack(asking);
  const status = useRef<HTMLParagraphElement>(null);
  const send = (motive: string): void => {
    tell(t("wait"));
    askFor(caseId, { report, n, motive }).then(
      () => {
        ask(false);
        tell("");
        read();
        status.current?.focus();
      },
      (error: unknown) => {
        const kind = kindOf(error);
        // Danger was recorded meanwhile: nobody waits for a second person.
        if (kind === "illegal-move") setAlone(true);
        tell(refusal(kind));
      },
    );
  };
  if (alone) return <><p class="hint">{t("file_alone")}</p><Open caseId={caseId} report={report} n={n} /></>;
  const open = (): void => {
    if (mine?.motive && mine.answer) fetched(caseId, { report, n, motive: mine.motive, admission: mine.answer }, tell, read);
  };
  const who = people[mine?.answered_by ?? ""] ?? t("by_colleague");
  return (
    <>
      <p role="status" tabIndex={-1} ref={status} class="hint">
        {mine?.standing === "waits" ? t("file_waits", { time: when(mine.until) }) : ""}
        {mine?.standing === "admitted" ? <><b><Said text={who} /></b> · {t("file_admitted", { time: when(mine.until) })}</> : null}
        {mine?.standing === "refused" ? <><b><Said text={who} /></b> · {t("file_refused_second")}</> : null}
      </p>
      {mine?.standing === "refused" && mine.reason ? <Told text={mine.reason} /> : null}
      {mine?.standing === "admitted" ? (
        <p><button type="button" class="link" onClick={open}>{t("file_open")}</button></p>
      ) : mine?.standing === "waits" ? null : asking ? (
        <Motive id={`motive-${report}-${n}`} act="file_ask" hint="file_ask_said" send={send} leave={() => ask(false)} />
      ) : (
        <p><button type="button" class="link" ref={begin} onClick={() => ask(true)}>{t("file_ask")}</button></p>
      )}
      <p role="status" class="hint">{told}</p>
    </>
  );
}

/** The button that a form was opened by, which has the focus again once it is left. */
function useBack(open: boolean): RefObject<HTMLButtonElement | null> {
  const begin = useRef<HTMLButtonElement>(null);
  const was = useRef(false);
  useEffect(() => {
    if (!open && was.current) begin.current?.focus();
    was.current = open;
  }, [open]);
  return begin;
}

/** Open a file and save it; what happens is told. */
function fetched(caseId: string, asked: Schemas["FileOpening"], tell: (told: string) => void, done: () => void): void {
  tell(t("wait"));
  opened(caseId, asked, (n, of) => tell(t("package_loading", { n, of }))).then(
    (content) => {
      // Under our own name and without a type: what its sender called it may lie.
      save(new Blob([content], { type: "application/octet-stream" }), `${asked.report}-${asked.n}.bin`);
      done();
      tell(t("file_saved"));
    },
    (error: unknown) => tell(wrongAtOpening(error)),
  );
}

function wrongAtOpening(error: unknown): string {
  if (!(error instanceof Refused)) return t("file_other_bytes");
  return error.kind === "second-look-owed" ? t("file_two") : refusal(error.kind);
}

interface MotiveProps {
  readonly id: string;
  readonly act: "file_open" | "file_ask";
  readonly hint: "file_open_said" | "file_ask_said";
  readonly send: (motive: string) => void;
  readonly leave: () => void;
}

/** Why the original is wanted: while this is there, no letter is an act on the case. */
function Motive({ id, act, hint, send, leave }: MotiveProps): JSX.Element {
  useKeysOfAForm();
  useKeys((act) => {
    if (act !== "leave") return false;
    leave();
    return true;
  });
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        send(field.current?.value.trim() ?? "");
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.ctrlKey) form.current?.requestSubmit();
      }}
    >
      <label for={id}>{t("field_motive")}</label>
      <textarea id={id} dir="auto" rows={2} minLength={10} maxLength={500} required ref={field} />
      <p class="hint">{t(hint)}</p>
      <p class="acts"><button class="button quiet">{t(act)} <kbd>Ctrl</kbd> <kbd>Enter</kbd></button></p>
    </form>
  );
}

/** The file of an opening; rejects where the bytes are not those that were kept. */
async function opened(caseId: string, asked: Schemas["FileOpening"], arrives: (n: string, of: string) => void): Promise<Uint8Array<ArrayBuffer>> {
  const under = `/v1/desk/cases/${caseId}/files`;
  const { body } = await call<Schemas["OpenedFile"]>({ method: "POST", path: `${under}/opening`, body: asked, key: newKey() });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let part = 1; part <= body.parts; part += 1) {
    arrives(number(part), number(body.parts));
    const answer = await call<Schemas["FilePart"]>({ method: "GET", path: `${under}/${body.report}/${body.n}/parts/${part}` });
    parts.push(bytesOf(answer.body.ciphertext));
  }
  const content = await unsealed(await joined(parts), bytesOf(body.key), `casework-file|1|${body.report}|${body.n}`);
  if ((await sha256Of(content)) !== body.sha256) throw new Error("other bytes");
  return content;
}

const CHUNK = MIB + 16;
const HEAD = 8;

/** The format of `casework/aws/services/file_sealing.py`: chunks that can be neither moved nor cut off. */
async function unsealed(sealed: Uint8Array<ArrayBuffer>, raw: Uint8Array<ArrayBuffer>, bound: string): Promise<Uint8Array<ArrayBuffer>> {
  if (sealed[0] !== 1) throw new Error("format");
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  const additionalData = new TextEncoder().encode(bound);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let start = HEAD, number = 0; start < sealed.length; start += CHUNK, number += 1) {
    const iv = new Uint8Array(12);
    iv.set(sealed.subarray(1, HEAD));
    new DataView(iv.buffer).setUint32(7, number);
    iv[11] = Number(start + CHUNK >= sealed.length);
    const chunk = sealed.subarray(start, start + CHUNK);
    chunks.push(new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, chunk)));
  }
  return joined(chunks);
}

const joined = async (parts: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await new Blob(parts).arrayBuffer());
