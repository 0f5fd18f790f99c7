// The fewest characters of a passphrase, as the key file demands (trust.md KF3).
export const shortestPassphrase = 10;
