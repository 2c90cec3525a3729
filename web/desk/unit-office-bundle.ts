// What officers and prosecutors see first, which shares most of its script: it is loaded as one.
export { Office } from "./office";
export { Station } from "./unit-or-office";
export { UnitDesk } from "./unit-desk";
