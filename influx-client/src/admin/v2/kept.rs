//! What the server keeps under an id of its own: found, changed and deleted in one way, whatever it is.

use serde_json::{Map, Value};

use crate::admin::v2::call::Call;
use crate::admin::v2::decode::Decode;
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::Id;
use crate::error::{Error, Result};

/// A kind of things that have ids.
pub(super) trait Kept {
    /// What one is called.
    const WHAT: &'static str;
    /// Where they are, below `/api/v2/`.
    const FOLDER: &'static str;
}

/// Where all of a kind are.
pub(super) fn folder<T: Kept>() -> String {
    format!("/api/v2/{}", T::FOLDER)
}

/// Where one of them is.
pub(super) fn path<T: Kept>(id: &Id) -> Result<String> {
    Ok(format!("/api/v2/{}/{}", T::FOLDER, id.checked(T::WHAT)?))
}

/// The request that changes one. `what` is the name of what is changed.
pub(super) fn change<T: Kept>(id: &Id, body: Map<String, Value>, what: &str) -> Result<Call> {
    let path = path::<T>(id)?;
    if body.is_empty() {
        return Err(Error::config(format!("nothing of the {what} is changed: name what is to be different")));
    }
    Ok(Call::patch(path).json(&Value::Object(body)))
}

/// The request that changes one, or makes it where there is no id yet.
pub(super) fn set<T: Kept>(id: Option<&Id>, body: Map<String, Value>) -> Result<Call> {
    match id {
        Some(id) => change::<T>(id, body, T::WHAT),
        None => Ok(Call::post(folder::<T>()).json(&Value::Object(body))),
    }
}

impl Admin {
    pub(super) async fn find_kept<T: Kept + Decode>(&self, id: impl Into<Id>) -> Result<Option<T>> {
        self.find(Call::get(path::<T>(&id.into())?)).await
    }

    pub(super) async fn delete_kept<T: Kept>(&self, id: impl Into<Id>) -> Result<()> {
        self.tell(Call::delete(path::<T>(&id.into())?)).await
    }
}

/// What an answer tells of can be given where an id is asked for.
macro_rules! has_id {
    ($ty:ident: $what:literal in $folder:literal) => {
        impl $crate::admin::v2::kept::Kept for $ty {
            const WHAT: &'static str = $what;
            const FOLDER: &'static str = $folder;
        }

        impl From<&$ty> for $crate::admin::v2::id::Id {
            fn from(one: &$ty) -> Self {
                one.id.clone()
            }
        }

        impl From<&$ty> for $crate::admin::v2::id::NameOrId {
            fn from(one: &$ty) -> Self {
                $crate::admin::v2::id::NameOrId::Id(one.id.clone())
            }
        }
    };
}
pub(super) use has_id;
