//! JS values for tests, made without `eval`.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

/// What a function of these tests does: takes its first argument, returns or throws.
pub(crate) type Work = dyn FnMut(JsValue) -> Result<JsValue, JsValue>;

/// An object with these fields.
pub(crate) fn object(fields: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, value);
    }
    object.into()
}

/// A JS function. It lives as long as JS knows it.
pub(crate) fn function(work: impl FnMut(JsValue) -> Result<JsValue, JsValue> + 'static) -> JsValue {
    Closure::<Work>::new(work).into_js_value()
}

/// One with two arguments that returns nothing.
pub(crate) fn function_of_two(work: impl FnMut(JsValue, JsValue) + 'static) -> JsValue {
    Closure::<dyn FnMut(JsValue, JsValue)>::new(work).into_js_value()
}

/// A promise that is kept or broken already.
pub(crate) fn settled(result: Result<JsValue, JsValue>) -> JsValue {
    match result {
        Ok(value) => Promise::resolve(&value).into(),
        Err(error) => Promise::reject(&error).into(),
    }
}

pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).expect("no trap")
}

pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    Reflect::set(object, &name.into(), value).expect("no trap");
}

pub(crate) fn call(function: &JsValue, argument: &JsValue) {
    function.unchecked_ref::<Function>().call1(&JsValue::UNDEFINED, argument).expect("returned");
}

/// A property of an object with another value, or with other accessors, until this is dropped.
pub(crate) struct Replaced {
    object: Object,
    name: JsValue,
    before: JsValue,
}

impl Replaced {
    /// Replaces it as `Object.defineProperty` describes properties.
    pub(crate) fn new(object: &JsValue, name: &str, descriptor: &[(&str, &JsValue)]) -> Self {
        let object: Object = object.clone().unchecked_into();
        let name = JsValue::from_str(name);
        let before = Object::get_own_property_descriptor(&object, &name);
        let descriptor = self::object(descriptor);
        set(&descriptor, "configurable", &JsValue::TRUE);
        Object::define_property(&object, &name, descriptor.unchecked_ref());
        Self { object, name, before }
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        if self.before.is_undefined() {
            Reflect::delete_property(&self.object, &self.name).expect("configurable");
        } else {
            Object::define_property(&self.object, &self.name, self.before.unchecked_ref());
        }
    }
}
