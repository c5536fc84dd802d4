/** Excludes white space, control and format characters, unpaired surrogates, fillers and the blank Braille pattern. */
const visibleCharacter = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u

export const hasVisibleCharacter = (text: string): boolean => visibleCharacter.test(text)
