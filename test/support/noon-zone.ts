/** A time zone in which it is about noon, so that no test runs across midnight. */
export const getNoonZone = (): string => {
  const behind = new Date().getUTCHours() - 12
  return `Etc/GMT${behind < 0 ? '' : '+'}${behind}`
}
