// The flat data of package app's sync.go, field for field.
import type { SearchHit } from "./customers";

// SyncStatus is what the rail's dot and the sync page tell.
export interface SyncStatus {
  // State is synced, syncing, offline, norelay, rejected, denied, identity,
  // healing, revoked, fork or diskfull.
  state: string;
  pending: number;
  rejected: number;
  // Done of Total while syncing; Total is 0 when unknown.
  done: number;
  total: number;
  // Last is the last contact, RFC 3339 or empty.
  last: string;
  roundTrip: number;
  sent: number;
  received: number;
  // Relay and relayKey are the relay that was connected last, or else the first of
  // relays, which are those that have an address; empty where there is none.
  relay: string;
  relayKey: string;
  relays: RelayView[];
  // RelayMet is true once a relay has asked for the book and stands in the charter:
  // further ones are used beside it, and none can be let go (TR2).
  relayMet: boolean;
  // Code is the wire code of the last refusal, or empty.
  code: string;
  // ClockSkew is the device's clock minus the relay's in seconds, when over 300.
  clockSkew: number;
  checking: number;
  // Indexed of toIndex customers are in the index that is being made anew;
  // toIndex is 0 when none is. IndexSeconds is how long it will take, or 0.
  indexed: number;
  toIndex: number;
  indexSeconds: number;
}

// RelayView is a relay that the book names.
export interface RelayView {
  address: string;
  key: string;
}

// DeviceView is one installation of the member.
export interface DeviceView {
  id: string;
  name: string;
  here: boolean;
  active: boolean;
  kit: boolean;
}

// PendingReply lists what has not reached the relay.
export interface PendingReply {
  total: number;
  customers: SearchHit[];
}

// SettingsView is the settings page.
export interface SettingsView {
  // Language is zh, en or system; Theme is light, dark or system.
  language: string;
  theme: string;
  dataDir: string;
  bytes: number;
  keyPlace: string;
  devices: DeviceView[];
  version: string;
  // Columns and widths of the list, as the window keeps them.
  layout: string;
}
