// A page of a file as a machine painted and read it. Nothing is fetched, and so nothing is seen, until
// somebody asks; who saw it is marked in the case. The picture is drawn on a canvas: it has no address,
// and the page's policy stays as it is. What a machine read is text and nothing else, and joins nothing.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "./api";
import { useAsking } from "./latest-request";
import { bytesOf } from "./bytes";
import type { Schemas } from "./fields";
import { Code, Told } from "./untrusted-text";
import { useKeys } from "./keys";
import { refusal } from "./refusals";
import { sawFile } from "./sight";
import { said, t } from "./words";

type Page = Schemas["PreviewPage"];

interface PreviewProps {
  readonly caseId: string;
  readonly report: string;
  readonly n: number;
  /** How many pages can be seen. */
  readonly shown: number;
}

export function Preview({ caseId, report, n, shown }: PreviewProps): JSX.Element {
  const [page, see] = useState<Page>();
  const [told, tell] = useState("");
  const first = useRef<HTMLButtonElement>(null);
  const touched = useRef(false);
  // The button that was pressed is gone: the one in its place has the focus.
  useEffect(() => {
    if (touched.current) first.current?.focus();
  }, [page === undefined]);
  const ask = useAsking();
  /** A page that is on its way would uncover it again. */
  const cover = (): void => {
    ask();
    see(undefined);
    tell("");
  };
  useKeys((act) => {
    // Each preview on the page hears it, and so does what else can be covered.
    if (act === "uncover" && (page || told)) cover();
    return false;
  });
  const read = (number: number): void => {
    touched.current = true;
    tell(t("wait"));
    ask(
      call<Page>({ method: "GET", path: `/v1/desk/cases/${caseId}/files/${report}/${n}/pages/${number}` }),
      ({ body }) => {
        see(body);
        sawFile(caseId, report, n);
        tell("");
      },
      (kind) => tell(refusal(kind)),
    );
  };
  return (
    <div class="preview">
      <p class="acts">
        {page ? (
          <>
            <button type="button" class="link" ref={first} onClick={cover}>{t("preview_cover")}</button>
            {page.page > 1 ? <button type="button" class="link" onClick={() => read(page.page - 1)}>{t("preview_before")}</button> : null}
            {page.page < shown ? <button type="button" class="link" onClick={() => read(page.page + 1)}>{t("preview_next")}</button> : null}
          </>
        ) : (
          <button type="button" class="link" ref={first} onClick={() => read(1)}>{t("preview_see")}</button>
        )}
      </p>
      <p role="status" class="hint">{told}</p>
      {page ? <Seen page={page} /> : null}
    </div>
  );
}

function Seen({ page }: { page: Page }): JSX.Element {
  return (
    <>
      {page.picture ? <Picture page={page} /> : null}
      {page.claims ? <Claimed claims={page.claims} /> : null}
      {page.text ? (
        <>
          <p class="hint"><b>{t("preview_read")}</b> · {t("preview_read_hint")}</p>
          <Told text={page.text} />
        </>
      ) : null}
      {page.suggested.length ? (
        <>
          <p class="hint">{t("preview_suggested")}</p>
          <ul>
            {page.suggested.map(({ kind, value }) => <li key={`${kind} ${value}`}>{said("kind", kind)} <Code text={value} /></li>)}
          </ul>
        </>
      ) : null}
    </>
  );
}

/** What the file says of itself: anybody who has a file can have written it. */
function Claimed({ claims }: { claims: NonNullable<Page["claims"]> }): JSX.Element {
  return (
    <>
      <p class="hint"><b>{t("claims")}</b> · {t("claims_hint")}</p>
      <ul>
        {claims.taken ? <li>{t("claims_taken")} <Code text={claims.taken} /></li> : null}
        {claims.device ? <li>{t("claims_device")} <Code text={claims.device} /></li> : null}
        {claims.software ? <li>{t("claims_software")} <Code text={claims.software} /></li> : null}
        <li>{t(claims.place ? "claims_place" : "claims_no_place")}</li>
      </ul>
    </>
  );
}

function Picture({ page }: { page: Page }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [broken, breaks] = useState(false);
  useEffect(() => {
    let gone = false;
    const bytes = bytesOf(page.picture);
    createImageBitmap(new Blob([bytes], { type: "image/webp" })).then(
      (picture) => {
        const on = canvas.current;
        if (!gone && on) {
          Object.assign(on, { width: picture.width, height: picture.height });
          on.getContext("2d")?.drawImage(picture, 0, 0);
        }
        picture.close();
      },
      () => breaks(true),
    );
    return () => {
      gone = true;
    };
  }, [page]);
  return broken ? <p class="hint">{t("file_preview_failed")}</p> : <canvas ref={canvas} role="img" aria-label={t("preview_page", { n: String(page.page) })} />;
}
