//! What a program does with each of many listings.

use kernel::words;

words! {
    /// What is done with one of many listings.
    pub enum BulkAction {
        /// It is written, as by `put_listing_by_reference`.
        Put = "put", "写入", "put";
        /// It is handed to the market for review.
        Submit = "submit", "提交", "submit";
        /// It is taken back.
        Withdraw = "withdraw", "撤回", "withdraw";
    }
}
