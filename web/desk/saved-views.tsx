// The views that somebody kept of lists: tabs above the table, each with its digit, and the way to keep the one in front.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { kindOf } from "./api";
import { refusal } from "./refusals";
import { Icon } from "./ui/icon";
import { Said } from "./untrusted-text";
import { isNarrowed, isSame, LONGEST_NAME, MOST_VIEWS, remove, save, type SavedView, saved, type View } from "./views";
import { number, t } from "./words";

interface ViewsProps {
  readonly view: View;
  /** The list in front as it is without filters. */
  readonly whole: string;
  /** How many of the lines that were read belong to a view; nothing where its list is not in front. */
  readonly count: (view: View) => string | undefined;
  readonly clear: () => void;
  readonly naming: boolean;
  readonly name: (on: boolean) => void;
  readonly choose: (view: SavedView) => void;
  /** The view that was chosen, and whose list is this person's no more. */
  readonly gone: SavedView | undefined;
}

/** The views that were kept, each with its digit, and the way to keep the one in front. */
export function Views({ view, whole, count, clear, naming, name, choose, gone }: ViewsProps): JSX.Element {
  const [, draw] = useState(0);
  const [typed, setTyped] = useState("");
  const [told, setTold] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const views = saved();
  const inFront = views.find((each) => isSame(each, view));
  useEffect(() => (naming ? field.current?.focus() : undefined), [naming]);
  const change = async (sent: Promise<unknown>, done: string): Promise<void> => {
    try {
      await sent;
      setTold(done);
      setTyped("");
      name(false);
    } catch (error) {
      setTold(refusal(kindOf(error)));
    }
    draw((n) => n + 1);
  };
  return (
    <section class="views" aria-label={t("views")}>
      <div class="tabs">
        <button type="button" class="tab" aria-pressed={!inFront && !isNarrowed(view)} onClick={clear}>{whole} <Count n={count({ of: view.of })} /></button>
        {views.map((each, at) => (
          <button type="button" class="tab" key={each.name} aria-pressed={each === inFront} onClick={() => choose(each)}>
            <Said text={each.name} /> <Count n={count(each)} /> <kbd>{(at + 1) % 10}</kbd>
          </button>
        ))}
        {inFront ? (
          <button type="button" class="tab" onClick={() => void change(remove(inFront.name), t("view_gone"))}><Icon name="x" size="small" />{t("view_delete")}</button>
        ) : naming || views.length >= MOST_VIEWS ? null : (
          <button type="button" class="tab" onClick={() => name(true)}><Icon name="plus" size="small" />{t("view_save")}</button>
        )}
        {!inFront && views.length >= MOST_VIEWS ? <span class="hint">{t("views_full", { n: number(MOST_VIEWS) })}</span> : null}
      </div>
      {gone && views.some((each) => each.name === gone.name) ? (
        <p role="alert">
          {t("view_unknown")} <Said text={gone.name} />{" "}
          <button type="button" class="link" onClick={() => void change(remove(gone.name), t("view_gone"))}>{t("view_delete")}</button>
        </p>
      ) : null}
      {naming ? (
        <form
          class="acts naming"
          autocomplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim()) void change(save(view, typed.trim()), t("settings_saved"));
          }}
        >
          <label for="view-name">{t("view_name")}</label>
          <input id="view-name" ref={field} dir="auto" value={typed} maxLength={LONGEST_NAME} aria-describedby="view-hint" onInput={(event) => setTyped(event.currentTarget.value)} />
          <button type="submit" class="button quiet">{t("view_keep")}</button>
          <button type="button" class="link" onClick={() => name(false)}>{t("cancel")}</button>
          <p class="hint" id="view-hint">{t("view_hint")}</p>
        </form>
      ) : null}
      <p role="status" class={told ? "hint" : "hidden-text"}>{told}</p>
    </section>
  );
}

function Count({ n }: { n: string | undefined }): JSX.Element | null {
  return n === undefined ? null : <span class="tab-count">{n}</span>;
}
