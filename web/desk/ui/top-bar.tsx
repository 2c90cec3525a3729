// The line on top of every page: what needs somebody now, the search, the theme, and the person. The page's own title
// (`class="page-title"`) is drawn at its beginning.
//   person      who is signed in
//   here        the place in front: it is not pointed to from itself
//   pulse       what waits now, once it is known
//   settings    open the own settings
//   signOut     sign out
import type { JSX } from "preact";
import type { Person, Pulse } from "../api";
import { signOf } from "../keys";
import { keep, speaking } from "../own-settings";
import { roomsOf } from "../routes";
import { Said } from "../untrusted-text";
import { code, number, offered, t } from "../words";
import { Icon } from "./icon";
import { Menu } from "./menu";
import type { Place } from "./rail";
import { isDark, type Theme, useTheme } from "./theme";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

interface TopBarProps {
  readonly person: Person;
  readonly here: Place | undefined;
  readonly pulse: Pulse | undefined;
  readonly station: JSX.Element | null;
  readonly settings: () => void;
  readonly signOut: () => void;
}

export function TopBar({ person, here, pulse, station, settings, signOut }: TopBarProps): JSX.Element {
  const [theme, choose] = useTheme();
  const dark = isDark(theme);
  const now = pulse ? pressing(pulse) : undefined;
  return (
    <header class="topbar">
      {now && now.place !== here ? <a class={`chip now ${now.look}`} href={now.href}><Icon name={now.look === "late" ? "timer" : "siren"} size="small" />{now.says}</a> : null}
      {pulse?.mentions && here !== "work" ? <a class="chip now" href="#"><Icon name="message-square-plus" size="small" />{t("now_notes", { n: number(pulse.mentions) })}</a> : null}
      {roomsOf(person).includes("find") ? (
        <a class="search" href="#find">
          <Icon name="search" size="small" /><span class="hidden-text">{t("find_label")} </span><span>{t("search_hint")}</span><kbd>{signOf("find")}</kbd>
        </a>
      ) : null}
      <button type="button" class="plain-button" aria-label={t(dark ? "theme_light" : "theme_dark")} title={t(dark ? "theme_light" : "theme_dark")} onClick={() => choose(dark ? "light" : "dark")}>
        <Icon name={dark ? "sun" : "moon"} />
      </button>
      <Menu
        class="person"
        placement="bottom-end"
        button={
          <>
            <span class="face" aria-hidden="true">{initials(person.name)}</span>
            <span><b><Said text={person.name} /></b><small>{t(`role_${person.role}`)}{station ? <> · {station}</> : null}</small></span>
          </>
        }
        items={[
          { title: t("languages"), items: offered.map(([id, name]) => ({ id, label: name, lang: id, checked: id === code, chosen: () => speak(id) })) },
          { title: t("theme"), items: THEMES.map((id) => ({ id, label: t(`theme_${id}`), checked: id === theme, chosen: () => choose(id) })) },
          { id: "settings", label: t("settings"), icon: "settings", chosen: settings },
          { id: "out", label: t("sign_out"), icon: "log-out", chosen: signOut },
        ]}
      />
    </header>
  );
}

/** Whoever takes another language has it after the next sign-in, too. The same page is shown in it. */
function speak(language: string): void {
  const address = new URL(location.href);
  address.searchParams.set("lang", language);
  const goOn = (): void => location.assign(address);
  keep((before) => ({ ...before, ...speaking(language) })).then(goOn, goOn);
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  return [words[0], words.length > 1 ? words[words.length - 1] : ""].map((each) => [...(each ?? "")][0] ?? "").join("").toLocaleUpperCase();
}

interface Pressing {
  readonly place: Place | "case";
  readonly href: string;
  readonly says: string;
  readonly look: "past" | "late";
}

/** The one thing that needs somebody now: danger on the duty desk, else an own immediate case, else what is late. */
function pressing({ imminent, immediate, glances }: Pulse): Pressing | undefined {
  const first = immediate?.[0];
  if (imminent?.length) return { place: "duty", href: "#duty", says: t("now_danger", { n: number(imminent.length) }), look: "past" };
  if (first) return { place: "case", href: `#${first}`, says: t("now_immediate", { n: number(immediate.length) }), look: "past" };
  if (glances?.overdue) return { place: "glance", href: "#glance", says: t("now_glances", { n: number(glances.overdue) }), look: "late" };
  return undefined;
}
