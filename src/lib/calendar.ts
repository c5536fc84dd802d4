const daysPerMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** Returns true if the date exists, from year 1 on. NaN is not a date. */
export const isDate = (year: number, month: number, day: number): boolean => {
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return false
  const length = month === 2 && isLeapYear(year) ? 29 : (daysPerMonth[month - 1] as number)
  return day <= length
}
