// What somebody began to search for elsewhere: the page of the search takes it once, and nothing of it is kept.
export const begun = { text: "" };
