// The dossier as a signed package: built by the service, taken in parts, compared with its digest and
// saved. Taking it is an entry of the history: that is said before.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, type CaseView, newKey, Refused } from "./api";
import { bytesOf, save, sha256Of } from "./bytes";
import type { Schemas } from "./fields";
import { Code } from "./untrusted-text";
import { refusal } from "./refusals";
import { number, t } from "./words";

type State = Schemas["DossierPackage"];

/** Milliseconds between two looks, and how many: building takes seconds, and three tries minutes. */
const LOOK = 1500;
const LOOKS = 400;

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, LOOK));

/** The decisions of the prosecutor that hold: one may ask for print with identity numbers. */
const ordersOf = (view: CaseView): NonNullable<CaseView["instructions"]> => (view.instructions ?? []).filter((each) => !each.annulled);

export function Package({ view }: { readonly view: CaseView }): JSX.Element {
  const caseId = view.id;
  const [order, setOrder] = useState(0);
  const [told, tell] = useState("");
  const [wrong, setWrong] = useState("");
  const [taken, setTaken] = useState<State>();
  const here = useRef(true);
  useEffect(() => () => void (here.current = false), []);
  const busy = Boolean(told) && !taken;
  const take = async (): Promise<void> => {
    setWrong("");
    setTaken(undefined);
    tell(t("package_building"));
    const ready = await built(caseId, order, here);
    if (!ready) return;
    const content = await received(caseId, ready, (part) => tell(t("package_loading", { n: number(part), of: number(ready.parts ?? 1) })));
    save(content, `${caseId}.zip`);
    tell(t("package_saved"));
    setTaken(ready);
  };
  const ask = (): void => {
    take().catch((error: unknown) => {
      tell("");
      setWrong(error instanceof Refused ? refusal(error.kind) : t("package_other_bytes"));
    });
  };
  return (
    <section aria-label={t("package")}>
      <h3>{t("package")}</h3>
      <p class="hint">{t("package_said")}</p>
      {wrong ? <p role="alert">{wrong}</p> : null}
      <p role="status">{told}</p>
      {taken?.sha256 ? <p class="hint">SHA-256 <Code text={taken.sha256} /></p> : null}
      {ordersOf(view).length ? (
        <p>
          <label>
            {t("package_numbers")}{" "}
            <select disabled={busy} value={order} onChange={(event) => setOrder(Number(event.currentTarget.value))}>
              <option value={0}>{t("package_numbers_covered")}</option>
              {ordersOf(view).map((each) => (
                <option key={each.entry} value={each.entry}>{t("package_numbers_on_order", { order: each.reference })}</option>
              ))}
            </select>
          </label>
        </p>
      ) : null}
      <p class="acts"><button type="button" class="button quiet" disabled={busy} onClick={ask}>{t("package_take")}</button></p>
    </section>
  );
}

/** The package when it is ready; nothing where its reader left. Rejects where it cannot be built. */
async function built(caseId: string, order: number, here: { readonly current: boolean }): Promise<State | undefined> {
  const under = `/v1/desk/cases/${encodeURIComponent(caseId)}/packages`;
  const { body } = await call<State>({ method: "POST", path: under, body: order ? { order } : {}, key: newKey() });
  for (let look = 0; look < LOOKS && here.current; look += 1) {
    const { body: now } = await call<State>({ method: "GET", path: `${under}/${body.package}` });
    if (now.state === "ready") return now;
    if (now.state === "failed") throw new Refused("package-failed");
    await pause();
  }
  if (here.current) throw new Refused("package-failed");
  return undefined;
}

/** Its bytes; rejects where they are not those that were built. */
async function received(caseId: string, { package: id, parts, sha256 }: State, arrives: (part: number) => void): Promise<Blob> {
  const under = `/v1/desk/cases/${encodeURIComponent(caseId)}/packages/${id}/parts`;
  const found: Uint8Array<ArrayBuffer>[] = [];
  for (let part = 1; part <= (parts ?? 0); part += 1) {
    arrives(part);
    const { body } = await call<Schemas["PackagePart"]>({ method: "GET", path: `${under}/${part}` });
    found.push(bytesOf(body.content));
  }
  const content = new Blob(found, { type: "application/zip" });
  if ((await sha256Of(await content.arrayBuffer())) !== sha256) throw new Error("other bytes");
  return content;
}
