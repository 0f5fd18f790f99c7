export namespace app {
	
	export enum Code {
	    Busy = "busy",
	    Cancelled = "cancelled",
	    Conflict = "conflict",
	    Corrupt = "corrupt",
	    Denied = "denied",
	    DiskFull = "disk_full",
	    Internal = "internal",
	    Invalid = "invalid",
	    Locked = "locked",
	    NotFound = "not_found",
	    Offline = "offline",
	    TooLarge = "too_large",
	    UnsupportedVersion = "unsupported_version",
	    WrongSecret = "wrong_secret",
	}
	export interface AtRequest {
	    id: string;
	    change: string;
	}
	export interface Author {
	    memberId: string;
	    member: string;
	    department: string;
	    device: string;
	    at: string;
	    arrived: string;
	    me: boolean;
	}
	export interface Cell {
	    text: string;
	    sealed: boolean;
	    conflicts: number;
	    flag: string;
	}
	export interface CheckReply {
	    text: string;
	    flag: string;
	    exists: string[];
	}
	export interface CheckRequest {
	    field: string;
	    text: string;
	}
	export interface ImportOption {
	    text: string;
	    count: number;
	    value: string;
	}
	export interface ImportColumn {
	    sheet: number;
	    sheets: number[];
	    column: string;
	    header: string;
	    samples: string[];
	    field: string;
	    reason: string;
	    look: boolean;
	    written: string;
	    options: ImportOption[];
	}
	export interface ColumnsReply {
	    columns: ImportColumn[];
	    targets: string[];
	}
	export interface ConflictItem {
	    id: string;
	    name: string;
	    field: string;
	    authors: string[];
	    at: string;
	}
	export interface ConflictRequest {
	    id: string;
	    field: string;
	}
	export interface HistoryValue {
	    field: string;
	    before: string;
	    after: string;
	    sealed: boolean;
	}
	export interface Source {
	    batch: string;
	    file: string;
	    sheet: string;
	    row: number;
	}
	export interface ConflictSide {
	    op: string;
	    text: string;
	    author: Author;
	    source?: Source;
	    flag: string;
	    leads: boolean;
	    along: HistoryValue[];
	}
	export interface HistoryEntry {
	    change: string;
	    author: Author;
	    cause: string;
	    source?: Source;
	    values: HistoryValue[];
	    pending: boolean;
	    concurrent: boolean;
	    hidden: number;
	}
	export interface ConflictView {
	    id: string;
	    name: string;
	    field: string;
	    sealed: boolean;
	    before: string;
	    source?: Source;
	    sides: ConflictSide[];
	    why: string;
	    past: HistoryEntry[];
	    seconds: number;
	}
	export interface DecidedItem {
	    id: string;
	    name: string;
	    field: string;
	    change: string;
	    by: Author;
	    used: string;
	}
	export interface ConflictsReply {
	    total: number;
	    items: ConflictItem[];
	    decided: DecidedItem[];
	}
	export interface CreateWorkspace {
	    company: string;
	    member: string;
	    department: string;
	    device: string;
	    relay: string;
	}
	export interface ValueView {
	    field: string;
	    text: string;
	    raw: string;
	    sealed: boolean;
	    state: string;
	    flag: string;
	    others: number;
	    author?: Author;
	    source?: Source;
	}
	export interface CustomerView {
	    id: string;
	    name: string;
	    person: boolean;
	    owner: string;
	    department: string;
	    stage: string;
	    deleted: boolean;
	    pending: boolean;
	    values: ValueView[];
	    conflicts: string[];
	    tags: string[];
	    differs: string[];
	    revision: number;
	}
	
	export interface DeviceView {
	    id: string;
	    name: string;
	    here: boolean;
	    active: boolean;
	    kit: boolean;
	}
	export interface Filter {
	    field: string;
	    op: string;
	    values: string[];
	}
	export interface ListRequest {
	    text: string;
	    filters: Filter[];
	    sort: string;
	    desc: boolean;
	    fields: string[];
	    offset: number;
	    limit: number;
	    batch: string;
	    deleted: boolean;
	}
	export interface ExportRequest {
	    format: string;
	    list: ListRequest;
	    sealed: boolean;
	}
	export interface FieldValue {
	    field: string;
	    text: string;
	}
	export interface FieldView {
	    id: string;
	    section: string;
	    nameZh: string;
	    nameEn: string;
	    type: string;
	    options: string[];
	    optionsEn: string[];
	    sealed: boolean;
	    writable: boolean;
	    readable: boolean;
	}
	export interface FileReply {
	    path: string;
	    count: number;
	}
	export interface FileRequest {
	    job: string;
	    path: string;
	}
	
	export interface FixRequest {
	    job: string;
	    index: number;
	    field: string;
	    code: string;
	    action: string;
	    text: string;
	    all: boolean;
	}
	
	export interface HistoryReply {
	    total: number;
	    entries: HistoryEntry[];
	}
	export interface HistoryRequest {
	    id: string;
	    field: string;
	    offset: number;
	    limit: number;
	}
	
	
	export interface ImportCounts {
	    new: number;
	    updated: number;
	    same: number;
	    merged: number;
	    review: number;
	    newReview: number;
	    wrong: number;
	    tidied: number;
	    filled: number;
	    changed: number;
	}
	
	export interface ImportSheet {
	    index: number;
	    file: string;
	    name: string;
	    rows: number;
	    guess: string;
	    hidden: boolean;
	    chosen: boolean;
	    encoding: string;
	    headerFrom: number;
	    headerTo: number;
	    lastRow: number;
	}
	export interface ImportView {
	    job: string;
	    phase: string;
	    files: string[];
	    sheets: ImportSheet[];
	    done: number;
	    total: number;
	    counts: ImportCounts;
	    batch: string;
	    repairs: number;
	    before: string;
	    millis: number;
	    error: string;
	}
	export interface InvitePreview {
	    workspace: string;
	    inviter: string;
	    role: string;
	    department: string;
	    member: string;
	    until: string;
	    relay: string;
	}
	export interface InviteReply {
	    link: string;
	    until: string;
	}
	export interface InviteRequest {
	    role: string;
	    department: string;
	    member: string;
	    days: number;
	}
	export interface JoinWorkspace {
	    member: string;
	    device: string;
	}
	export interface Kit {
	    groups: string[];
	    workspace: string;
	    id: string;
	    relay: string;
	    ask: number[];
	}
	export interface Row {
	    id: string;
	    name: string;
	    person: boolean;
	    conflicts: number;
	    flags: number;
	    pending: boolean;
	    cells: Cell[];
	}
	export interface ListReply {
	    total: number;
	    rows: Row[];
	    millis: number;
	    revision: number;
	}
	
	export interface MapRequest {
	    job: string;
	    sheet: number;
	    column: string;
	    field: string;
	}
	export interface NewRequest {
	    values: FieldValue[];
	}
	export interface OptionRequest {
	    job: string;
	    sheet: number;
	    column: string;
	    text: string;
	    value: string;
	}
	export interface PastImport {
	    batch: string;
	    file: string;
	    by: Author;
	    rows: number;
	    counts: ImportCounts;
	    undone: boolean;
	    open: boolean;
	    job: string;
	    elsewhere: boolean;
	}
	export interface PastReply {
	    imports: PastImport[];
	}
	export interface SearchHit {
	    id: string;
	    name: string;
	    detail: string;
	    matched: string;
	}
	export interface PendingReply {
	    total: number;
	    customers: SearchHit[];
	}
	export interface PickReply {
	    paths: string[];
	}
	export interface PlanCause {
	    field: string;
	    code: string;
	    count: number;
	    rows: number;
	    wrong: boolean;
	    fixable: boolean;
	}
	export interface PlanCell {
	    field: string;
	    text: string;
	    raw: string;
	    old: string;
	    changed: boolean;
	    status: string;
	    code: string;
	    suggest: string;
	    alike: number;
	    kept: boolean;
	    sealed: boolean;
	}
	export interface PlanOther {
	    id: string;
	    name: string;
	    sheet: number;
	    row: number;
	}
	export interface PlanRow {
	    index: number;
	    sheet: number;
	    row: number;
	    kind: string;
	    into: string;
	    intoName: string;
	    why: string;
	    cells: PlanCell[];
	    joined: PlanOther;
	    review: PlanOther[];
	}
	export interface PlanReply {
	    total: number;
	    fields: string[];
	    rows: PlanRow[];
	    counts: ImportCounts;
	    causes: PlanCause[];
	    tidied: PlanCause[];
	    undo: boolean;
	}
	export interface PlanRequest {
	    job: string;
	    kind: string;
	    cause: string;
	    offset: number;
	    limit: number;
	}
	
	export interface RawRow {
	    row: number;
	    kind: string;
	    hidden: boolean;
	    cells: string[];
	}
	export interface RawRowsReply {
	    columns: string[];
	    rows: RawRow[];
	}
	export interface RejectedItem {
	    id: string;
	    item: string;
	    name: string;
	    code: string;
	    at: string;
	    values: HistoryValue[];
	    kept: string[];
	}
	export interface RejectedReply {
	    items: RejectedItem[];
	}
	export interface RelayView {
	    address: string;
	    key: string;
	}
	export interface ResolveRequest {
	    id: string;
	    field: string;
	    op: string;
	    text: string;
	}
	export interface RestoreRequest {
	    id: string;
	    change: string;
	    fields: string[];
	    undo: boolean;
	}
	export interface RevealReply {
	    values: ValueView[];
	    seconds: number;
	}
	export interface RevealRequest {
	    id: string;
	    fields: string[];
	    change: string;
	}
	
	export interface SectionView {
	    id: string;
	    nameZh: string;
	    nameEn: string;
	    sealed: boolean;
	    keeper: string;
	    level: string;
	}
	export interface SchemaReply {
	    sections: SectionView[];
	    fields: FieldView[];
	}
	
	export interface SearchReply {
	    total: number;
	    hits: SearchHit[];
	}
	
	export interface SetReply {
	    id: string;
	    change: string;
	    values: ValueView[];
	}
	export interface SetRequest {
	    id: string;
	    values: FieldValue[];
	}
	export interface SettingsView {
	    language: string;
	    theme: string;
	    dataDir: string;
	    bytes: number;
	    keyPlace: string;
	    devices: DeviceView[];
	    version: string;
	    layout: string;
	}
	export interface SheetRequest {
	    job: string;
	    sheet: number;
	    offset: number;
	    limit: number;
	    chosen: boolean;
	    headerFrom: number;
	    headerTo: number;
	}
	
	export interface StartState {
	    kind: string;
	    reason: string;
	    damaged: string;
	    holder: string;
	    holderPid: number;
	    workspace: string;
	    member: string;
	    memberId: string;
	    department: string;
	    role: string;
	    device: string;
	    sample: boolean;
	    kitPending: boolean;
	    defaultMember: string;
	    defaultDevice: string;
	    keyring: boolean;
	    version: string;
	    dataDir: string;
	    abilities: string[];
	}
	export interface SyncStatus {
	    state: string;
	    pending: number;
	    rejected: number;
	    done: number;
	    total: number;
	    last: string;
	    roundTrip: number;
	    sent: number;
	    received: number;
	    relay: string;
	    relayKey: string;
	    relays: RelayView[];
	    relayMet: boolean;
	    code: string;
	    clockSkew: number;
	    checking: number;
	    indexed: number;
	    toIndex: number;
	    indexSeconds: number;
	}
	export interface UndoRow {
	    id: string;
	    sheet: number;
	    row: number;
	    name: string;
	    kind: string;
	    why: string;
	    by?: Author;
	    field: string;
	    imported: string;
	    now: string;
	    mayForce: boolean;
	}
	export interface UndoSheet {
	    index: number;
	    file: string;
	    name: string;
	}
	export interface UndoReply {
	    batch: string;
	    file: string;
	    removed: number;
	    restored: number;
	    kept: number;
	    total: number;
	    sheets: UndoSheet[];
	    rows: UndoRow[];
	    denied: boolean;
	}
	export interface UndoRequest {
	    batch: string;
	    kind: string;
	    offset: number;
	    limit: number;
	    force: string[];
	}
	
	
	export interface UndoState {
	    batch: string;
	    phase: string;
	    done: number;
	    total: number;
	    removed: number;
	    restored: number;
	    kept: number;
	    back: number;
	    error: string;
	}

}

