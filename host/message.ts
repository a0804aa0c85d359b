/** What a page or a process tells the program that started it. */
export type Message<Report> =
  | { readonly kind: 'progress'; readonly part: string; readonly done: number; readonly total: number }
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'failure'; readonly message: string };
