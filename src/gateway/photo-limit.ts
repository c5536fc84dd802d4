import { maxPhotoUrlsLength } from '#schemas/event-property.ts'
import { commaList } from '#src/mapping/codecs.ts'
import { createUnprocessableProblem } from '#src/problems.ts'

/** The number of characters of the photo URLs after they are joined for LionDesk. */
export const getJoinedLength = (photoUrls: string[]): number => String(commaList.encode?.(photoUrls) ?? '').length

export const rejectTooManyPhotos = (photoUrls: string[] | null | undefined): void => {
  const length = getJoinedLength(photoUrls ?? [])
  if (length <= maxPhotoUrlsLength) return
  const message = `take ${length} characters once joined with commas; at most ${maxPhotoUrlsLength} are allowed`
  throw createUnprocessableProblem('body/photoUrls', 'The photoUrls', message)
}
