const daysPerMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** Whether the calendar has such a day, from the year 1 on. What is no number is none. */
export const isDate = (year: number, month: number, day: number): boolean => {
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return false
  const length = month === 2 && isLeapYear(year) ? 29 : (daysPerMonth[month - 1] as number)
  return day <= length
}
