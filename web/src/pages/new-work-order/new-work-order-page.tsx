/** The form for a new work order. */
export function NewWorkOrderPage() {
  return <h1 className="text-lg font-semibold">New work order</h1>;
}
