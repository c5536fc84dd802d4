import { type Static, type TObject, type TUnsafe, Type } from 'typebox'
import { component, integer, ref } from './fields.ts'

export const Pagination = component(
  'Pagination',
  'The position of this page in the whole list.',
  {
    total: integer('Number of elements in the whole list, exact.'),
    limit: integer('Maximum number of elements in a page.'),
    offset: integer('Number of elements before this page.'),
  },
  { total: 123, limit: 50, offset: 0 },
)

type PageBody<S extends TObject> = { data: Static<S>[]; pagination: Static<typeof Pagination> }

/** A page of a list, as a component of its own: `PropertyList` contains `Property` elements. */
export const createListSchema = <S extends TObject>(element: S, of: string): TUnsafe<PageBody<S>> => {
  const { $id: name, examples } = element as { $id?: string; examples?: unknown[] }
  const schema = Type.Object(
    { data: Type.Array(ref(element), { description: of }), pagination: ref(Pagination) },
    {
      $id: `${name}List`,
      description: `A page of ${of.toLowerCase()}`,
      additionalProperties: false,
      examples: [{ data: examples, pagination: { total: 1, limit: 50, offset: 0 } }],
    },
  )
  return schema as unknown as TUnsafe<PageBody<S>>
}
