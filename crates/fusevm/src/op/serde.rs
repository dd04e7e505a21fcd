//! Ops in serde's formats: code and raw operands in binary ones; in formats for people the name and the
//! operands, floats as text, since not all of these formats keep floats exactly or know infinities.

use super::float_text::{parse_float, write_float};
use super::{Op, OperandKind};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;

/// An operand in a format for people.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Operand {
    Signed(i64),
    Unsigned(u64),
    Float(String),
}

impl Serialize for Op {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let operands = self.operands();
        if !serializer.is_human_readable() {
            let bits: Vec<u64> = operands.iter().map(|operand| operand.bits).collect();
            return (self.code(), bits).serialize(serializer);
        }
        let readable = operands.iter().map(|operand| match operand.kind {
            OperandKind::Float => {
                let mut text = String::new();
                write_float(&mut text, f64::from_bits(operand.bits));
                Operand::Float(text)
            }
            OperandKind::Int | OperandKind::Int32 => Operand::Signed(operand.bits as i64),
            _ => Operand::Unsigned(operand.bits),
        });
        (self.info().name, readable.collect::<Vec<_>>()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Op {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Op, D::Error> {
        let (ordinal, bits) = if deserializer.is_human_readable() {
            let (name, operands) = <(Cow<'_, str>, Vec<Operand>)>::deserialize(deserializer)?;
            let bits: Option<Vec<u64>> = operands
                .into_iter()
                .map(|operand| match operand {
                    Operand::Signed(value) => Some(value as u64),
                    Operand::Unsigned(value) => Some(value),
                    Operand::Float(text) => parse_float(&text).map(f64::to_bits),
                })
                .collect();
            (Op::ordinal_of_name(&name), bits)
        } else {
            let (code, bits) = <(u16, Vec<u64>)>::deserialize(deserializer)?;
            (Op::ordinal_of_code(code), Some(bits))
        };
        let ordinal = ordinal.ok_or_else(|| D::Error::custom("an unknown op"))?;
        let op = bits.and_then(|bits| Op::from_ordinal(ordinal, &bits));
        op.ok_or_else(|| D::Error::custom(format_args!("bad operands of {}", Op::table()[ordinal].name)))
    }
}

/// A float within other data, for `#[serde(with)]`.
pub(crate) mod float {
    use super::*;

    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_u64(value.to_bits());
        }
        let mut text = String::new();
        write_float(&mut text, *value);
        serializer.serialize_str(&text)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        if !deserializer.is_human_readable() {
            return u64::deserialize(deserializer).map(f64::from_bits);
        }
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        parse_float(&text).ok_or_else(|| D::Error::custom(format_args!("{text:?} is no float")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_op_survives_json_and_postcard() {
        let extreme = |info: &super::super::OpInfo| -> Vec<u64> {
            let bits = |kind| match kind {
                OperandKind::Int => i64::MIN as u64,
                OperandKind::Int32 => i64::from(i32::MIN) as u64,
                OperandKind::Float => 0xfff8_0000_0000_0001,
                OperandKind::Jump | OperandKind::Word => usize::MAX as u64,
                OperandKind::Byte | OperandKind::Count | OperandKind::Index => u8::MAX.into(),
                _ => u16::MAX.into(),
            };
            info.operands.iter().map(|operand| bits(operand.kind)).collect()
        };
        for (ordinal, info) in Op::table().iter().enumerate() {
            for bits in [vec![1; info.operands.len()], extreme(info)] {
                let op = Op::from_ordinal(ordinal, &bits).expect(info.name);
                let json = serde_json::to_string(&op).expect(info.name);
                let packed = postcard::to_stdvec(&op).expect(info.name);
                let backs: [Op; 2] = [
                    serde_json::from_str(&json).expect(&json),
                    postcard::from_bytes(&packed).expect(info.name),
                ];
                for back in backs {
                    assert_eq!(back.ordinal(), ordinal);
                    assert_eq!(back.operands().iter().map(|o| o.bits).collect::<Vec<_>>(), bits, "{json}");
                }
            }
        }
        assert_eq!(serde_json::to_string(&Op::LoadFloat(0.5)).expect("plain"), r#"["LoadFloat",["0.5"]]"#);
        assert_eq!(serde_json::to_string(&Op::Add).expect("plain"), r#"["Add",[]]"#);
    }

    #[test]
    fn bad_ops_are_errors() {
        for (json, expected) in [
            (r#"["Ad",[]]"#, "an unknown op"),
            (r#"["Add",[1]]"#, "bad operands of Add"),
            (r#"["GetSlot",[65536]]"#, "bad operands of GetSlot"),
            (r#"["LoadFloat",["x"]]"#, "bad operands of LoadFloat"),
        ] {
            let error = serde_json::from_str::<Op>(json).expect_err(json).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
