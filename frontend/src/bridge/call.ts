// One call of a bound method, whichever way it travels. The reply's type is
// what the service interface says; the Go side has the same tests.
export type Service = "Start" | "Customers" | "History" | "Review" | "Imports" | "Sync" | "Settings";

export type Call = <R>(service: Service, method: string, ...args: readonly unknown[]) => Promise<R>;
