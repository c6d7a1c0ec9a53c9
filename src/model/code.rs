//! The stable names of what goes wrong, which programs go by: here is all of them. No door has another one.

/// An enum of names, with the list of all of them.
macro_rules! codes {
    ($($code:ident = $name:literal,)+) => {
        /// What went wrong. `docs/PROTOCOL.md` says what each means, `docs/TROUBLESHOOTING.md` what helps.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "they are said where everybody looks them up")]
        pub enum Code {
            $($code,)+
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// As it is written on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)+
                }
            }
        }
    };
}

codes! {
    InvalidJson = "invalid_json",
    InvalidField = "invalid_field",
    TooLong = "too_long",
    TooShort = "too_short",
    Unauthorized = "unauthorized",
    InvalidCredentials = "invalid_credentials",
    Forbidden = "forbidden",
    OriginRefused = "origin_refused",
    NotFound = "not_found",
    MethodNotAllowed = "method_not_allowed",
    RequestTimeout = "request_timeout",
    BrokenOff = "broken_off",
    RegistrationClosed = "registration_closed",
    HouseFull = "house_full",
    UsernameTaken = "username_taken",
    Conflict = "conflict",
    WrongOffset = "wrong_offset",
    SetupDone = "setup_done",
    InviteInvalid = "invite_invalid",
    ResetInvalid = "reset_invalid",
    HandoffInvalid = "handoff_invalid",
    OtherVersion = "other_version",
    PayloadTooLarge = "payload_too_large",
    FileTooLarge = "file_too_large",
    UnsupportedMediaType = "unsupported_media_type",
    RangeNotSatisfiable = "range_not_satisfiable",
    PictureRefused = "picture_refused",
    UploadBusy = "upload_busy",
    RegistrationBusy = "registration_busy",
    RateLimited = "rate_limited",
    ChecksumMismatch = "checksum_mismatch",
    Internal = "internal",
    ServerBusy = "server_busy",
    StorageFull = "storage_full",
    QuotaExceeded = "quota_exceeded",
}
