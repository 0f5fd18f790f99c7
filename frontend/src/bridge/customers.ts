import type { Call } from "./call";
import type {
  CheckReply,
  CheckRequest,
  CustomerView,
  ExportRequest,
  FileReply,
  ListReply,
  ListRequest,
  NewRequest,
  RevealReply,
  RevealRequest,
  SchemaReply,
  SearchReply,
  SetReply,
  SetRequest,
} from "./types/customers";

// Reading, finding and changing customers.
export interface CustomersService {
  schema(): Promise<SchemaReply>;
  list(request: ListRequest): Promise<ListReply>;
  get(id: string): Promise<CustomerView>;
  check(request: CheckRequest): Promise<CheckReply>;
  create(request: NewRequest): Promise<SetReply>;
  set(request: SetRequest): Promise<SetReply>;
  delete(id: string): Promise<SetReply>;
  undelete(id: string): Promise<SetReply>;
  reveal(request: RevealRequest): Promise<RevealReply>;
  search(text: string): Promise<SearchReply>;
  export(request: ExportRequest): Promise<FileReply>;
}

export function customersService(call: Call): CustomersService {
  return {
    schema: () => call("Customers", "Schema"),
    list: (request) => call("Customers", "List", request),
    get: (id) => call("Customers", "Get", id),
    check: (request) => call("Customers", "Check", request),
    create: (request) => call("Customers", "Create", request),
    set: (request) => call("Customers", "Set", request),
    delete: (id) => call("Customers", "Delete", id),
    undelete: (id) => call("Customers", "Undelete", id),
    reveal: (request) => call("Customers", "Reveal", request),
    search: (text) => call("Customers", "Search", text),
    export: (request) => call("Customers", "Export", request),
  };
}
