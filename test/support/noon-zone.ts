/** A time zone in which it is about noon: what happens during a test happens on the day that was today when it began. */
export const getNoonZone = (): string => {
  const behind = new Date().getUTCHours() - 12
  return `Etc/GMT${behind < 0 ? '' : '+'}${behind}`
}
