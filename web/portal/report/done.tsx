// The end: both codes as text, as a picture and on paper, and what happens next.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Accepted } from "../api";
import { Codes } from "../codes";
import { askBeforeLosing } from "../quick-exit";
import { Calls, Heading } from "../fields";
import { data } from "../page-data";
import type { draw } from "../qr";
import { t, when, written } from "../texts";
import { amountOf } from "./amount";
import { type Answers, asksMoney } from "./answers";
import { dayOf } from "./day";
import { Help } from "./help";
import { picture } from "./picture";
import { categories } from "./ways";

interface Props {
  readonly accepted: Accepted;
  readonly answers: Answers;
  /** Shows where the report stands, with its files in front if they were asked for. */
  readonly follow: (files: boolean) => void;
}

type Told = "done.copied" | "done.not_copied" | "done.not_saved";

export function Done({ accepted, answers, follow }: Props): JSX.Element {
  // The reference is no secret. The receipt is, and stands in no address.
  const page = `${location.origin}/${data.language}/follow/`;
  const [qr, setQr] = useState<ReturnType<typeof draw>>();
  useEffect(() => {
    // Asked for since the check page, see report.tsx. Without it the codes are still there to be read.
    import("../qr").then((drawing) => setQr(drawing.draw(`${page}#${accepted.reference}`)), () => undefined);
  }, []);
  const [told, tell] = useState<Told>();
  const forbidden = answers.role !== "victim" && categories.some((each) => each.id === answers.category && each.victims_alone);
  const facts = [
    [t("done.address"), page],
    [t("done.reference"), accepted.reference],
    [t("done.receipt"), accepted.receipt],
    [t("done.received_at"), when(accepted.accepted_at)],
  ] as const;
  const text = [t("site.name"), ...facts.map(([name, what]) => t("site.named", { name, what }))].join("\n");
  // A browser may refuse each of these, or not have it at all.
  const keep = (how: () => Promise<void>, done: Told | undefined, failed: Told) => (): void => {
    Promise.resolve()
      .then(how)
      .then(
        () => {
          askBeforeLosing("receipt", false);
          tell(done);
        },
        () => tell(failed),
      );
  };
  const drawn = async (): Promise<File> => {
    const made = await picture(t("site.name"), facts, qr);
    if (!made) throw new Error("no picture can be drawn here");
    return new File([made], `${accepted.reference}.png`, { type: "image/png" });
  };
  const save = async (): Promise<void> => {
    const link = document.createElement("a");
    const file = await drawn();
    link.href = URL.createObjectURL(file);
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  return (
    <>
      <Heading>{t("done.title")}</Heading>
      <div class="kept">
        <dl>
          <Codes reference={accepted.reference} receipt={accepted.receipt} />
          <dt>{t("done.received_at")}</dt>
          <dd>{when(accepted.accepted_at)}</dd>
          <dt>{t("done.address")}</dt>
          <dd dir="ltr" class="address">{page}</dd>
        </dl>
        {qr ? (
          <svg class="qr" viewBox={`0 0 ${qr.size} ${qr.size}`} role="img" aria-label={t("done.qr")}>
            <path d={qr.path} fill="#000" />
          </svg>
        ) : <div class="qr" />}
      </div>
      <h2>{t("done.keep")}</h2>
      <p>{t("done.keep_text")}</p>
      <p class="no-print">{t("done.keep_how")}</p>
      <p class="actions">
        <button type="button" class="button" onClick={keep(save, undefined, "done.not_saved")}>{t("done.save")}</button>
        <button type="button" class="button quiet" onClick={keep(async () => window.print(), undefined, "done.not_saved")}>{t("done.print")}</button>
        <button type="button" class="button quiet" onClick={keep(() => navigator.clipboard.writeText(text), "done.copied", "done.not_copied")}>{t("done.copy")}</button>
        {"share" in navigator ? (
          <button type="button" class="button quiet" onClick={keep(() => navigator.share({ text }), undefined, "done.not_saved")}>{t("done.share")}</button>
        ) : null}
        <button type="button" class="button quiet" onClick={() => follow(false)}>{t("done.follow")}</button>
      </p>
      <p role="status" class="hint">{told ? t(told) : ""}</p>
      {(accepted.notes ?? []).map((each) => <p key={each}>{each}</p>)}
      <Bank accepted={accepted} answers={answers} />
      {accepted.advice.length ? (
        <div class="inset no-print">
          <h2>{t("done.now")}</h2>
          <ul>
            {accepted.advice.map((each) => <li key={each}>{each}</li>)}
          </ul>
          <Calls calls={accepted.call} />
        </div>
      ) : null}
      <Help answers={answers} />
      {forbidden ? null : (
        <p class="actions no-print">
          <button type="button" class="button quiet" onClick={() => follow(true)}>{t("done.files")}</button>
        </p>
      )}
      <h2>{t("done.next")}</h2>
      <ol class="steps">
        {accepted.next_steps.map((each) => <li key={each}>{each}</li>)}
      </ol>
      <p>{t("done.change")}</p>
    </>
  );
}

/** What a bank asks first, to be handed over. */
function Bank({ accepted, answers }: Omit<Props, "follow">): JSX.Element | null {
  if (!asksMoney(answers) || answers.lost !== "yes") return null;
  return (
    <section class="bank">
      <h2>{t("done.bank")}</h2>
      <p>{t("done.bank_text", { reference: accepted.reference, day: when(accepted.accepted_at) })}</p>
      <ul>
        {answers.losses.map((row) => (
          <li key={row.id}>
            <bdi>{written(amountOf(row.amount))} {row.currency}</bdi>
            {[
              row.paidOn ? when(dayOf(row.paidOn) ?? "") : "",
              row.means ? t(`means.${row.means}`) : "",
            ].filter(Boolean).map((each) => `, ${each}`)}
            {row.account.trim() ? <> → <bdi dir="ltr">{row.account.trim()}</bdi></> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
