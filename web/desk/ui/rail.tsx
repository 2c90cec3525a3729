// The rail: where a person can go, with what waits there, on every page.
//   person   whose places they are
//   here     the place in front ("work" or a room), if it is one
//   waits    what waits at a place; `hot` where it needs somebody now
// On a telephone it lies at the foot: the places that are needed most, and a menu with the others.
import type { JSX } from "preact";
import type { Person } from "../api";
import { NARROW, useMedia } from "../media";
import { type RoomName, roomsOf } from "../routes";
import { number, t } from "../words";
import { Icon, type IconName } from "./icon";
import { Menu, type MenuItem } from "./menu";

export type Place = "work" | RoomName;

export interface Waits {
  readonly n: number;
  /** Counting ended there. */
  readonly more?: boolean;
  readonly hot?: boolean;
}

const ICONS: Readonly<Record<Place, IconName>> = {
  work: "inbox", duty: "siren", glance: "eye", list: "list", find: "search", campaigns: "link", samples: "square-check", custody: "key-round", board: "chart-column",
};
/** They are looked at seldom, and stand at the foot. */
const AT_THE_FOOT: readonly Place[] = ["board"];
/** So many fit beside each other on the smallest telephone, the menu or the settings among them. */
const BESIDE = 5;
/** What a supervisor needs on a telephone comes before what is read at a table. */
const NEEDED_FIRST: readonly Place[] = ["work", "duty", "board", "glance"];

interface RailProps {
  readonly person: Person;
  readonly here: Place | undefined;
  readonly waits: Readonly<Partial<Record<Place, Waits>>>;
  readonly settings: () => void;
}

export function Rail({ person, here, waits, settings }: RailProps): JSX.Element {
  const places: Place[] = ["work", ...roomsOf(person)];
  const narrow = useMedia(NARROW);
  const behind = narrow && places.length >= BESIDE ? byNeed(places).slice(BESIDE - 1) : [];
  const own = person.role === "custodian" ? "custody" : person.role === "auditor" ? "audit" : person.role === "admin" ? "accounts" : "work";
  const nameOf = (place: Place): string => (place === "work" ? t(own) : t(`room_${place}`));
  const link = (place: Place, address = addressOf(place)): JSX.Element => (
    <li key={place} class={AT_THE_FOOT.includes(place) ? "foot" : ""}>
      <a href={`#${address}`} aria-current={place === here ? "page" : undefined}>
        <Icon name={ICONS[place]} size="large" flips={place === "list"} />
        {nameOf(place)}
      </a>
      <Count of={waits[place]} />
    </li>
  );
  const further: readonly MenuItem[] = [
    ...behind.map((place) => ({
      id: place,
      label: <>{nameOf(place)} <Count of={waits[place]} /></>,
      icon: ICONS[place],
      chosen: () => void (location.hash = addressOf(place)),
    })),
    { id: "settings", label: t("settings"), icon: "settings", chosen: settings },
  ];
  const foot = places.some((each) => AT_THE_FOOT.includes(each));
  return (
    <nav class="rail" aria-label={t("rooms")}>
      <p class="brand" aria-hidden="true"><span class="short">e·I</span><span class="long">e-Iblagh</span></p>
      <ul>
        {places.filter((each) => !behind.includes(each)).map((each) => link(each))}
        <li class={foot ? "" : "foot"}>
          {behind.length ? (
            <Menu
              class={here && behind.includes(here) ? "rail-menu on" : "rail-menu"}
              name={t("rail_more")}
              placement="top-end"
              button={<><Icon name="menu" size="large" />{t("rail_more")}</>}
              items={further}
            />
          ) : (
            <button type="button" onClick={settings}><Icon name="settings" size="large" />{t("settings")}</button>
          )}
        </li>
      </ul>
    </nav>
  );
}

const addressOf = (place: Place): string => (place === "work" ? "" : place);

/** The same places, those that are needed most in front. */
function byNeed(places: readonly Place[]): readonly Place[] {
  const needed = NEEDED_FIRST.filter((each) => places.includes(each));
  return [...needed, ...places.filter((each) => !needed.includes(each))];
}

function Count({ of }: { of: Waits | undefined }): JSX.Element | null {
  if (!of?.n) return null;
  return <span class={`count ${of.hot ? "hot" : ""}`}>{number(of.n)}{of.more ? "+" : ""}<span class="hidden-text"> {t("waits_there")}</span></span>;
}
