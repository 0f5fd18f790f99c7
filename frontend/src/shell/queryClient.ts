import { QueryClient } from "@tanstack/react-query";

// Data grows old by events only; a failed read is not tried again by itself,
// because the program is on the same computer and its answer stands.
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
