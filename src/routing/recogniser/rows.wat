;; The inner loop of training: sixteen classes at a time stay in registers while the features of a text are gone through, which
;; JavaScript cannot be made to do. All addresses and lengths are in bytes; $stride is the length of a row, a multiple of 64.
;; Compiled to rows.wasm by `npm run -s rows`; a test compares the two.
(module
  (import "env" "memory" (memory 1))
  (func (export "add_rows")
    (param $weights i32) (param $stride i32) (param $indices i32) (param $values i32) (param $length i32) (param $bias i32) (param $scores i32)
    (local $at i32) (local $i i32) (local $row i32) (local $value v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $block
      (local.set $a (v128.load (i32.add (local.get $bias) (local.get $at))))
      (local.set $b (v128.load offset=16 (i32.add (local.get $bias) (local.get $at))))
      (local.set $c (v128.load offset=32 (i32.add (local.get $bias) (local.get $at))))
      (local.set $d (v128.load offset=48 (i32.add (local.get $bias) (local.get $at))))
      (local.set $i (i32.const 0))
      (block $done
        (br_if $done (i32.eqz (local.get $length)))
        (loop $feature
          (local.set $row (i32.add (i32.add (local.get $weights) (local.get $at))
            (i32.mul (local.get $stride) (i32.load (i32.add (local.get $indices) (local.get $i))))))
          (local.set $value (v128.load32_splat (i32.add (local.get $values) (local.get $i))))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $value) (v128.load (local.get $row)))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $value) (v128.load offset=16 (local.get $row)))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $value) (v128.load offset=32 (local.get $row)))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $value) (v128.load offset=48 (local.get $row)))))
          (local.set $i (i32.add (local.get $i) (i32.const 4)))
          (br_if $feature (i32.lt_u (local.get $i) (local.get $length)))))
      (v128.store (i32.add (local.get $scores) (local.get $at)) (local.get $a))
      (v128.store offset=16 (i32.add (local.get $scores) (local.get $at)) (local.get $b))
      (v128.store offset=32 (i32.add (local.get $scores) (local.get $at)) (local.get $c))
      (v128.store offset=48 (i32.add (local.get $scores) (local.get $at)) (local.get $d))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $block (i32.lt_u (local.get $at) (local.get $stride))))))
