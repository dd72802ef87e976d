import { Link } from '@tanstack/react-router';

export function NotFound() {
  return (
    <div className="py-20 text-center">
      <h1 className="mb-2 text-lg font-semibold">There is no such page</h1>
      <Link to="/" className="text-accent underline">
        To the work orders
      </Link>
    </div>
  );
}
