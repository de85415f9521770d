/** Something that the user can put right: what is wrong, and what to do. */
export class Trouble extends Error {
  override readonly name = "Trouble";

  constructor(
    what: string,
    readonly cure: string,
  ) {
    super(what);
  }
}
